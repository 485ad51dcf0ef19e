import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../shared/ipc-contract.ts';
import {
  border,
  hostile,
  octets,
  origin,
  refused,
  requests,
  Secret,
  us,
  type Door,
} from '../testing/border-samples.ts';
import { openBorder } from './border.ts';
import { isMainFrameOf, type Sender } from './sender.ts';

describe.each(requests)('the border at $channel', ({ channel, good }) => {
  if (good === undefined) throw new Error(`border-samples.ts knows no good request for ${channel}`);

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
