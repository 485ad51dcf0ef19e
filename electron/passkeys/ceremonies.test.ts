import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { BrowserVisits } from './browser-visit.ts';
import { Ceremonies } from './ceremonies.ts';
import type {
  AssertionRequest,
  CreationOptions,
  RegistrationRequest,
  RequestOptions,
} from './ceremony.ts';
import type { HoldVisit } from './visit.ts';

const origin = 'https://ca.example:14000';
const challenge = 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU';
const facts = {
  ...{ organizationId: 'organization', origin, code: 'oKIywvGU', caHost: 'ca.example' },
  way: 'window',
  page: undefined,
} as const;
const creation: CreationOptions = {
  challenge,
  rp: { id: 'ca.example', name: 'CA' },
  user: { id: 'AQ', name: 'alex', displayName: 'Alex' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { userVerification: 'required' },
};
const registration: RegistrationRequest = { ...facts, options: creation };
const asking: RequestOptions = { challenge, rpId: 'ca.example', userVerification: 'required' };
const assertion: AssertionRequest = { ...facts, options: asking };
const never = new AbortController().signal;

function ceremonies(holdVisit: HoldVisit, mayShowPage = () => true): Ceremonies {
  const openExternal = () => Promise.reject(new Error('no browser'));
  const browser = new BrowserVisits({ openExternal, randomBytes, farewell: () => '' });
  return new Ceremonies({ holdVisit, browser, mayShowPage, randomBytes });
}

/** A page that does as it should. */
function honest(authenticator: SoftwareAuthenticator): HoldVisit {
  return ({ task, origin: at }) =>
    Promise.resolve({
      state: task.state,
      credential:
        task.kind === 'assert'
          ? authenticator.get(at, task.publicKey)
          : authenticator.create(at, task.publicKey),
    });
}

describe('Ceremonies', () => {
  it('make a passkey and use it', async () => {
    const authenticator = new SoftwareAuthenticator();
    const room = ceremonies(honest(authenticator));
    const made = await room.register(registration, never);
    const used = await room.assert(assertion, never);
    expect(used.id).toBe(made.id);
    expect(used.clientExtensionResults).toEqual({});
  });

  it('pass on the options by name, with the time and the verification that the wallet wants', async () => {
    const hold = vi.fn<HoldVisit>(() => Promise.reject(new Error('enough')));
    const options = {
      ...{ challenge, rpId: 'ca.example', timeout: 5, userVerification: 'discouraged' },
      extensions: { appid: 'https://ca.example', prf: {} },
      hints: ['security-key', 'telepathy'],
      allowCredentials: [{ type: 'public-key', id: 'AbCd', transports: ['usb', 'pigeon'] }],
      mediation: 'conditional',
    } as unknown as RequestOptions;
    await expect(ceremonies(hold).assert({ ...assertion, options }, never)).rejects.toThrow();
    expect(hold.mock.calls[0]?.[0].task.publicKey).toEqual({
      ...{ challenge, rpId: 'ca.example', timeout: 30_000, userVerification: 'required' },
      hints: ['security-key'],
      allowCredentials: [{ type: 'public-key', id: 'AbCd', transports: ['usb'] }],
    });
  });

  it.each<[string, Partial<RequestOptions>]>([
    ['a parent domain', { rpId: 'example' }],
    ['a host with another case', { rpId: 'CA.example' }],
    ['no challenge', { challenge: '' }],
    ['a challenge that is no base64url', { challenge: `${challenge}=` }],
    ['a short challenge', { challenge: 'AAAA' }],
    [
      'more passkeys than anybody has',
      { allowCredentials: Array.from({ length: 65 }, () => ({ type: 'public-key', id: 'AAAA' })) },
    ],
    ['a passkey without an id', { allowCredentials: [{ type: 'public-key', id: '' }] }],
    ['a time that is none', { timeout: Number.NaN }],
  ])('hold none for %s', async (_what, change) => {
    const hold = vi.fn<HoldVisit>();
    const options = { ...asking, ...change };
    await expect(ceremonies(hold).assert({ ...assertion, options }, never)).rejects.toMatchObject({
      reason: 'strayed',
    });
    expect(hold).not.toHaveBeenCalled();
  });

  it.each([
    ['an address', 'https://127.0.0.1:14000', '127.0.0.1'],
    ['an address of version 6', 'https://[::1]:14000', '[::1]'],
    ['no encryption', 'http://ca.example', 'ca.example'],
    ['a path behind the origin', 'https://ca.example/x', 'ca.example'],
  ])('hold none at an origin with %s', async (_what, at, rpId) => {
    const hold = vi.fn<HoldVisit>();
    const request = { ...assertion, origin: at, options: { ...asking, rpId } };
    await expect(ceremonies(hold).assert(request, never)).rejects.toMatchObject({
      reason: 'strayed',
    });
    expect(hold).not.toHaveBeenCalled();
  });

  it.each([
    'https://ca.example/portal/passkey',
    'https://evil.example:14000/portal/passkey',
    'https://ca.example:14000@evil.example/',
    'https://user@ca.example:14000/portal/passkey',
    'javascript:alert(1)',
    'nonsense',
  ])('hold none at the page %s', async (page) => {
    const hold = vi.fn<HoldVisit>();
    for (const way of ['window', 'browser'] as const) {
      const request = { ...assertion, page, way };
      await expect(ceremonies(hold).assert(request, never)).rejects.toMatchObject({
        reason: 'strayed',
      });
    }
    expect(hold).not.toHaveBeenCalled();
  });

  it('give the page of the CA its task in the fragment', async () => {
    const hold = vi.fn<HoldVisit>(() => Promise.reject(new Error('enough')));
    const page = `${origin}/portal/passkey?for=me#old`;
    await expect(ceremonies(hold).assert({ ...assertion, page }, never)).rejects.toThrow();
    const { page: opened = '', task } = hold.mock.calls[0]?.[0] ?? {};
    const url = new URL(opened);
    expect(url.href.replace(url.hash, '')).toBe(`${origin}/portal/passkey?for=me`);
    const fragment = new URLSearchParams(url.hash.slice(1));
    expect(fragment.get('return')).toBe('window');
    const told = Buffer.from(fragment.get('request') ?? '', 'base64url').toString();
    expect(JSON.parse(told)).toEqual({
      ...{ publicKey: task?.publicKey, code: 'oKIywvGU', state: task?.state },
    });
  });

  it('take the page of the wallet where nobody with a say over the host vouches for the page of the CA', async () => {
    const authenticator = new SoftwareAuthenticator();
    const hold = vi.fn(honest(authenticator));
    const mayShowPage = vi.fn(() => false);
    const room = ceremonies(hold, mayShowPage);
    const page = `${origin}/portal/passkey`;
    const made = await room.register({ ...registration, page }, never);
    expect((await room.assert({ ...assertion, page }, never)).id).toBe(made.id);
    expect(hold.mock.calls.map(([visit]) => visit.page)).toEqual([undefined, undefined]);
    const asked = ['organization', origin];
    expect(mayShowPage.mock.calls).toEqual([asked, asked]);
  });

  it('hold one at a time, and the next when that is over', async () => {
    const leave = new AbortController();
    const waiting: HoldVisit = (_visit, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const room = ceremonies(waiting);
    const first = room.assert(assertion, leave.signal);
    await expect(room.assert(assertion, never)).rejects.toMatchObject({
      ...{ reason: 'refused', detail: 'Busy' },
    });
    leave.abort(new Error('called off'));
    await expect(first).rejects.toThrow('called off');
    const third = room.assert(assertion, AbortSignal.abort(new Error('too late')));
    await expect(third).rejects.toThrow('too late');
  });

  it('tell when nobody came', async () => {
    try {
      const clock = new AbortController();
      vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(clock.signal);
      const hold: HoldVisit = (_visit, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      const waiting = ceremonies(hold).assert(assertion, never);
      clock.abort(new DOMException('time', 'TimeoutError'));
      await expect(waiting).rejects.toMatchObject({ reason: 'timed-out' });
    } finally {
      vi.restoreAllMocks();
    }
  });

  it.each([
    ['AbortError', 'closed'],
    ['NotAllowedError', 'refused'],
    ['InvalidStateError', 'already-registered'],
    ['ConstraintError', 'not-supported'],
    ['NotSupportedError', 'not-supported'],
    ['SecurityError', 'strayed'],
    ['UnknownError', 'refused'],
    ['constructor', 'refused'],
    [{ name: 'NotAllowedError' }, 'refused'],
    ['<script>', 'refused'],
  ])('tell what %s of a page means', async (error, reason) => {
    const hold: HoldVisit = ({ task: { state } }) => Promise.resolve({ state, error });
    const failing = ceremonies(hold).assert(assertion, never);
    const isName = typeof error === 'string' && /^[A-Z]/.test(error);
    await expect(failing).rejects.toMatchObject({ reason, detail: isName ? error : undefined });
  });
});

describe('what a page delivered', () => {
  const authenticator = new SoftwareAuthenticator();
  const { id } = authenticator.create(origin, creation);
  const right = () => authenticator.get(origin, asking);

  function delivering(credential: unknown): Promise<unknown> {
    const hold: HoldVisit = ({ task: { state } }) => Promise.resolve({ state, credential });
    return ceremonies(hold).assert(assertion, never);
  }

  const withData = (change: object) => {
    const given = right();
    const data = Buffer.from(given.response.clientDataJSON, 'base64url').toString();
    const changed = JSON.stringify({ ...(JSON.parse(data) as object), ...change });
    const clientDataJSON = Buffer.from(changed).toString('base64url');
    return { ...given, response: { ...given.response, clientDataJSON } };
  };
  const withAuthenticatorData = (change: (data: Buffer) => Buffer) => {
    const given = right();
    const data = Buffer.from(given.response.authenticatorData, 'base64url');
    const authenticatorData = change(data).toString('base64url');
    return { ...given, response: { ...given.response, authenticatorData } };
  };

  it('is passed on without what nobody asked for', async () => {
    const more = { ...right(), evil: 1, clientExtensionResults: { prf: { enabled: true } } };
    const passed = await delivering(more);
    expect(passed).toMatchObject({ id, clientExtensionResults: {} });
    expect(Object.keys(passed as object)).not.toContain('evil');
  });

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a text', () => 'credential'],
    ['an empty object', () => ({})],
    ['another origin', () => withData({ origin: 'https://evil.example' })],
    ['the origin without its port', () => withData({ origin: 'https://ca.example' })],
    [
      'another challenge',
      () => withData({ challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }),
    ],
    ['an answer to something else', () => withData({ type: 'webauthn.create' })],
    ['a frame of another origin', () => withData({ crossOrigin: true })],
    ['another page around it', () => withData({ topOrigin: origin })],
    [
      'client data that is no JSON',
      () => ({ ...right(), response: { ...right().response, clientDataJSON: 'AAAA' } }),
    ],
    [
      'another host',
      () => withAuthenticatorData((data) => Buffer.concat([Buffer.alloc(32), data.subarray(32)])),
    ],
    ['half of its data', () => withAuthenticatorData((data) => data.subarray(0, 36))],
    ['two names', () => ({ ...right(), rawId: 'AAAA' })],
    [
      'megabytes',
      () => ({ ...right(), response: { ...right().response, signature: 'A'.repeat(1_000_000) } }),
    ],
    [
      'a signature that is no base64url',
      () => ({ ...right(), response: { ...right().response, signature: '<b>' } }),
    ],
  ])('is not passed on with %s', async (_what, credential) => {
    await expect(delivering(credential())).rejects.toMatchObject({ reason: 'strayed' });
  });

  it('is not passed on when the authenticator did not look who is there', async () => {
    const unverified = withAuthenticatorData((data) => {
      data[32] = 0x01;
      return data;
    });
    await expect(delivering(unverified)).rejects.toMatchObject({ reason: 'not-verified' });
  });

  it('is not passed on by a passkey that was not asked for', async () => {
    const hold: HoldVisit = ({ task: { state } }) =>
      Promise.resolve({ state, credential: right() });
    const options = { ...asking, allowCredentials: [{ type: 'public-key', id: 'AAAA' }] } as const;
    const request = { ...assertion, options };
    await expect(ceremonies(hold).assert(request, never)).rejects.toMatchObject({
      reason: 'strayed',
    });
  });

  it('is not passed on with the state of another ceremony', async () => {
    for (const state of ['', 'other', undefined]) {
      const hold: HoldVisit = () => Promise.resolve({ state, credential: right() });
      await expect(ceremonies(hold).assert(assertion, never)).rejects.toMatchObject({
        reason: 'strayed',
      });
    }
  });
});
