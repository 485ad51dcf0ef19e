import { describe, expect, it } from 'vitest';
import type { Result } from '../../shared/failure.ts';
import { channelName, contract, type Entry, type Handlers } from '../../shared/ipc-contract.ts';
import { openBorder } from './border.ts';
import { isMainFrameOf, type Sender } from './sender.ts';

const origin = 'app://wallet';
const page = { id: 7 };
const us: Sender = {
  sender: { id: 7 },
  senderFrame: { url: 'app://wallet/index.html', parent: null },
};

/** A request that each channel accepts: what hostile payloads are made of. */
const accepted: { readonly [Group in keyof Handlers]: Record<keyof Handlers[Group], object> } = {
  wallet: { initial: {}, changeSettings: { theme: 'dark' }, retrySecretStore: {} },
  organization: {
    openLink: { link: 'countersign://join' },
    chooseFile: {},
    openText: { text: 'e30' },
    openAsked: {},
    openLocalCa: {},
    accept: { previewId: 'a', wordsMatch: true, replaceInvitation: false },
    dismiss: {},
    leave: { organizationId: 'a' },
    moveAccountKey: { organizationId: 'a', keyPlace: { in: 'token', tokenId: 'b' } },
    credentials: { organizationId: 'a' },
    registerPasskey: { organizationId: 'a', way: 'window', name: 'Laptop' },
    stopRegistering: { organizationId: 'a' },
    registerKey: { organizationId: 'a', keyPlace: { in: 'software' } },
    forgetCredential: { organizationId: 'a', kind: 'key', id: 'b' },
    keepAuthenticator: { organizationId: 'a', uri: octets(64) },
    forgetAuthenticator: { organizationId: 'a' },
    openPage: { organizationId: 'a', page: 'terms' },
  },
  enrollment: {
    start: {
      organizationId: 'a',
      offerId: 'b',
      email: 'alex@example.test',
      keyType: 'P-256',
      keyPlace: { in: 'software' },
    },
    answer: { enrollmentId: 'a', challengeId: 'b', answer: { by: 'code', otp: '123456' } },
    stopAnswering: { enrollmentId: 'a', challengeId: 'b' },
    cancel: { enrollmentId: 'a' },
    resume: { enrollmentId: 'a' },
    dismiss: { enrollmentId: 'a' },
  },
  token: {
    watch: {},
    refresh: {},
    addModule: {},
    forgetModule: { moduleId: 'a' },
    compatibility: { organizationId: 'a', offerId: 'b' },
    changePin: { tokenId: 'a', pin: octets(6), newPin: octets(8), acceptFinalTry: false },
    unblockPin: { tokenId: 'a', puk: octets(8), newPin: octets(255), acceptFinalTry: true },
    removeKey: { tokenId: 'a', keyId: '00ff' },
    answerPin: { questionId: 'a', pin: octets(6), acceptFinalTry: false },
    declinePin: { questionId: 'a' },
  },
  credential: {
    detail: { credentialId: 'a' },
    prove: { credentialId: 'a', target: 'nss' },
    install: { credentialId: 'a', target: 'nss' },
    export: { credentialId: 'a', format: 'pkcs12', passphrase: 'correct horse' },
    revoke: { credentialId: 'a', reason: 'unspecified' },
    remove: { credentialId: 'a' },
  },
};

function octets(length: number): Uint8Array {
  return new Uint8Array(length).fill(49);
}

const requests = Object.entries<Readonly<Record<string, Entry>>>(contract).flatMap(
  ([group, entries]) =>
    Object.entries(entries)
      .filter(([, { kind }]) => kind === 'invoke')
      .map(([entry]) => {
        const requestsOfGroup = (accepted as Record<string, Record<string, object>>)[group];
        return { channel: channelName(group, entry), group, entry, good: requestsOfGroup?.[entry] };
      }),
);

type Door = (event: Sender, request: unknown) => Promise<Result<unknown>>;

class Secret extends Error {
  readonly secret = 'hunter2';
}

/** A border whose handlers tell what reached them. */
function border(answer: () => unknown = () => 'done') {
  const doors = new Map<string, Door>();
  const reached: { readonly channel: string; readonly request: unknown }[] = [];
  const handlers: Record<string, Record<string, (request: unknown) => Promise<unknown>>> = {};
  for (const { group, entry, channel } of requests) {
    (handlers[group] ??= {})[entry] = async (request) => {
      reached.push({ channel, request });
      return Promise.resolve(answer());
    };
  }
  openBorder<Sender>(() => Promise.resolve(handlers as unknown as Handlers), {
    handle: (channel, door) => doors.set(channel, door),
    isOurMainFrame: (event) => isMainFrameOf(page, origin, event),
    toFailure: (error) => ({ code: error instanceof Secret ? 'not-found' : 'internal' }),
  });
  const ask = (channel: string, request: unknown, sender = us) => {
    const door = doors.get(channel);
    if (door === undefined) throw new Error(`no door ${channel}`);
    return door(sender, request);
  };
  return { doors, reached, ask };
}

const refused = { ok: false, failure: { code: 'invalid-request' } };

/** Requests that no channel may take, made from one that it takes. */
function hostile(good: object): readonly unknown[] {
  const members = Object.keys(good);
  const junk = [undefined, null, 7, '', 'text', true, [], [good], new Date(), new Map([['a', 1]])];
  const replacements: readonly unknown[] = [
    null,
    {},
    [],
    '',
    7.5,
    NaN,
    'x'.repeat(300_000),
    { toString: 1 },
    ['a'],
    new Uint8Array(0),
    new Uint8Array(2049),
    new Uint16Array(4),
    new DataView(new ArrayBuffer(4)),
  ];
  return [
    ...junk,
    { ...good, extra: 1 },
    { ...good, code: 'x', constructor: { prototype: { polluted: true } } },
    JSON.parse(JSON.stringify({ ...good, a: 1 }).replace('"a":1', '"__proto__":{"polluted":true}')),
    Object.assign(Object.create({ polluted: true }) as object, good, { polluted: true }),
    ...members.map((member) => ({ ...good, [member]: undefined, [`${member}2`]: 1 })),
    ...members.flatMap((member) =>
      replacements.map((replacement) => ({ ...good, [member]: replacement })),
    ),
  ];
}

describe.each(requests)('the border at $channel', ({ channel, good }) => {
  if (good === undefined) throw new Error(`border.test.ts knows no good request for ${channel}`);

  it('lets a good request of our page through and its outcome out', async () => {
    const { ask, reached } = border();
    expect(await ask(channel, good)).toEqual({ ok: true, value: 'done' });
    expect(reached).toEqual([{ channel, request: good }]);
  });

  it('refuses everything that does not fit its schema, and calls nobody', async () => {
    const { ask, reached } = border();
    for (const request of hostile(good)) {
      expect([request, await ask(channel, request)]).toEqual([request, refused]);
    }
    expect(reached).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each<[string, Sender]>([
    ['another window', { ...us, sender: { id: 8 } }],
    [
      'a frame inside the page',
      { ...us, senderFrame: { url: `${origin}/index.html`, parent: {} } },
    ],
    ['a frame that is gone', { ...us, senderFrame: null }],
    ['a page of another origin', frameAt('https://evil.example/')],
    ['a page whose host only begins like ours', frameAt('app://wallet.evil.example/index.html')],
    ['another host of our scheme', frameAt('app://other/index.html')],
    ['a page with our address in its path', frameAt('https://evil.example/app://wallet/')],
    ['an empty page', frameAt('about:blank')],
  ])('refuses a good request of %s', async (_who, sender) => {
    const { ask, reached } = border();
    expect(await ask(channel, good, sender)).toEqual(refused);
    expect(reached).toEqual([]);
  });

  it('lets out nothing of an error but its failure', async () => {
    const { ask } = border(() => {
      throw new Secret('hunter2');
    });
    expect(await ask(channel, good)).toEqual({ ok: false, failure: { code: 'not-found' } });
  });
});

describe('a place for a key', () => {
  const good = { organizationId: 'a', offerId: 'b' };

  it.each([
    { in: 'software' },
    { in: 'os' },
    { in: 'token', tokenId: 'a' },
    { in: 'token', tokenId: 'a', keyId: 'ff'.repeat(64) },
  ])('may be %j', async (keyPlace) => {
    const { ask } = border();
    expect(await ask('wallet:enrollment/start', { ...good, keyPlace })).toMatchObject({ ok: true });
  });

  it.each([
    'software',
    { in: 'tpm' },
    { in: 'software', tokenId: 'a' },
    { in: 'token' },
    { in: 'token', tokenId: '' },
    { in: 'token', tokenId: 'a', keyId: '' },
    { in: 'token', tokenId: 'a', keyId: 'f' },
    { in: 'token', tokenId: 'a', keyId: 'FF' },
    { in: 'token', tokenId: 'a', keyId: '../x' },
    { in: 'token', tokenId: 'a', keyId: 'ff'.repeat(65) },
    { in: 'token', tokenId: 'a', modulePath: '/tmp/evil.so' },
  ])('may not be %j', async (keyPlace) => {
    const { ask, reached } = border();
    expect(await ask('wallet:enrollment/start', { ...good, keyPlace })).toEqual(refused);
    expect(reached).toEqual([]);
  });
});

it.each(['moveAccountKey', 'registerKey'])(
  'organization/%s makes a key, and takes none that is there already',
  async (entry) => {
    const { ask } = border();
    const wish = (keyPlace: object) =>
      ask(`wallet:organization/${entry}`, { organizationId: 'a', keyPlace });
    expect(await wish({ in: 'token', tokenId: 'b' })).toMatchObject({ ok: true });
    expect(await wish({ in: 'token', tokenId: 'b', keyId: '0a1b' })).toEqual(refused);
    expect(await wish({ in: 'token', tokenId: 'b', replaces: 'ab'.repeat(32) })).toEqual(refused);
  },
);

describe('octets in a request', () => {
  const answer = () => ({ questionId: 'a', pin: octets(6), acceptFinalTry: false });
  const nothing = new Uint8Array(6);

  it('are no more than a PIN can have', async () => {
    const { ask, reached } = border();
    const long = { ...answer(), pin: octets(256) };
    expect(await ask('wallet:token/answerPin', long)).toEqual(refused);
    expect(reached).toEqual([]);
  });

  it('reach the handler as they were, and are overwritten when it is done with them', async () => {
    const seen: string[] = [];
    const request = answer();
    const { ask } = border(() => {
      seen.push(Buffer.from(request.pin).toString());
    });
    await ask('wallet:token/answerPin', request);
    expect(seen).toEqual(['111111']);
    expect(request.pin).toEqual(nothing);
  });

  it('are overwritten also when the handler fails or the request is refused', async () => {
    const failing = answer();
    const { ask } = border(() => {
      throw new Secret();
    });
    await ask('wallet:token/answerPin', failing);
    expect(failing.pin).toEqual(nothing);
    const unfit = { ...answer(), extra: 1 };
    expect(await ask('wallet:token/answerPin', unfit)).toEqual(refused);
    expect(unfit.pin).toEqual(nothing);
  });
});

function frameAt(url: string): Sender {
  return { ...us, senderFrame: { url, parent: null } };
}

describe('the border', () => {
  it('has a door for each request of the contract and no other', () => {
    expect([...border().doors.keys()].sort()).toEqual(
      requests.map(({ channel }) => channel).sort(),
    );
  });

  it('lets no text out that steers how it is read', async () => {
    const { ask } = border(() => ({ subject: 'Alex\u202e', names: ['a\u200bb', 'é 👩\u200d💻'] }));
    expect(await ask('wallet:wallet/initial', {})).toEqual({
      ok: true,
      value: { subject: 'Alex\ufffd', names: ['a\ufffdb', 'é 👩\u200d💻'] },
    });
  });

  it('refuses everybody while there is no window', () => {
    expect(isMainFrameOf(null, origin, us)).toBe(false);
  });

  it('lets requests wait for handlers that are on their way, and share their failure to arrive', async () => {
    const doors = new Map<string, Door>();
    const arriving = Promise.withResolvers<Handlers>();
    openBorder<Sender>(() => arriving.promise, {
      handle: (channel, door) => doors.set(channel, door),
      isOurMainFrame: () => true,
      toFailure: (error) => ({ code: error instanceof Secret ? 'not-found' : 'internal' }),
    });
    const answer = doors.get('wallet:wallet/initial')?.(us, {});
    arriving.reject(new Secret());
    expect(await answer).toEqual({ ok: false, failure: { code: 'not-found' } });
  });
});
