import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { thumbprintOf } from '../../acme/key-authorization.ts';
import { newSigner } from '../../testing/local-ca.ts';
import type {
  AssertionRequest,
  AuthenticationResponseJSON,
  PasskeyCeremonies,
} from '../../passkeys/ceremony.ts';
import {
  asked,
  caOrigin,
  proofRooms,
  soundToken,
  accountThumbprint,
} from '../../testing/proof-rooms.ts';
import { ppkp01 } from './ppkp-01.ts';

const { signal } = new AbortController();

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('this is no text');
}
const keyAuthorization = `${soundToken}.${accountThumbprint}`;
const expected = createHash('sha256').update(keyAuthorization).digest('base64url');

const credential: AuthenticationResponseJSON = {
  id: 'AbC',
  rawId: 'AbC',
  type: 'public-key',
  clientExtensionResults: {},
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
};

/** What a person would be asked for. */
class Listening implements PasskeyCeremonies {
  readonly heard: AssertionRequest[] = [];

  assert(request: AssertionRequest): Promise<AuthenticationResponseJSON> {
    this.heard.push(request);
    return Promise.resolve(credential);
  }

  register(): never {
    throw new Error('nobody registers here');
  }
}

const page = `${caOrigin}/portal/passkey`;
const publicKey = { rpId: 'ca.example', challenge: expected };
const challenge = (members: object = {}) =>
  asked({ type: 'ppkp-01', publicKey, webauthnUrl: page, ...members });

function withPasskeys(more: Parameters<typeof proofRooms>[0] = {}) {
  const ceremonies = new Listening();
  const rooms = proofRooms({ passkeys: { ceremonies, ways: ['window', 'browser'] }, ...more });
  return { ceremonies, rooms };
}

const use = (members: object, way: 'window' | 'browser' = 'window', more = {}) => {
  const { ceremonies, rooms } = withPasskeys(more);
  const answer = { by: 'passkey', way } as const;
  const responding = ppkp01.respond(challenge(members), answer, { rooms, signal });
  return { responding, heard: ceremonies.heard };
};

describe('a passkey', () => {
  it('is asked for with a challenge that has the account in it, and nothing that was not agreed', async () => {
    const more = { extensions: { appid: 'x' }, userVerification: 'discouraged', timeout: 120_000 };
    const allowed = { type: 'public-key', id: 'AbC', transports: ['usb'] };
    const { responding, heard } = use(
      { publicKey: { ...publicKey, ...more, allowCredentials: [allowed] } },
      'browser',
    );
    expect(await responding).toEqual({ credential });
    expect(heard).toStrictEqual([
      {
        ...{ way: 'browser', organizationId: 'org', origin: caOrigin, page },
        ...{ caHost: 'ca.example:14000', code: accountThumbprint.slice(0, 8) },
        options: {
          ...{ challenge: expected, rpId: 'ca.example', userVerification: 'required' },
          ...{ timeout: 120_000, allowCredentials: [allowed] },
        },
      },
    ]);
  });

  it('signs for the document that it approves, and for no account alone then', async () => {
    const approvalDigest = createHash('sha256').update('document').digest('base64url');
    const bound = `${soundToken}.${approvalDigest}.${accountThumbprint}`;
    const own = createHash('sha256').update(bound).digest('base64url');
    const wanted = { publicKey: { ...publicKey, challenge: own } };
    const { responding, heard } = use(wanted, 'window', { approvalDigest });
    await responding;
    expect(heard[0]?.options.challenge).toBe(own);
    // The challenge for KA is an attack here, and the other way round.
    await expect(use({}, 'window', { approvalDigest }).responding).rejects.toThrow();
    await expect(use(wanted).responding).rejects.toThrow();
  });

  it('is asked for by the CA’s own host when the CA says nothing at all', async () => {
    const { responding, heard } = use({ publicKey: undefined, webauthnUrl: undefined });
    await responding;
    expect(heard[0]?.options).toStrictEqual({
      ...{ challenge: expected, rpId: 'ca.example', userVerification: 'required' },
    });
    expect(heard[0]?.page).toBeUndefined();
  });

  it.each([
    ['rp-id', { publicKey: { ...publicKey, rpId: 'example' } }],
    ['rp-id', { publicKey: { ...publicKey, rpId: 'bank.example' } }],
    ['rp-id', { publicKey: { ...publicKey, rpId: 'CA.example' } }],
    ['rp-id', { publicKey: { ...publicKey, rpId: 'ca.example:14000' } }],
    ['challenge', { publicKey: { ...publicKey, challenge: 'AAAA' } }],
    ['challenge', { publicKey: { ...publicKey, challenge: `${expected}=` } }],
    ['challenge', { publicKey: { ...publicKey, challenge: '' } }],
    ['challenge', { publicKey: 'ca.example' }],
    ['challenge', { publicKey: { ...publicKey, allowCredentials: Array(65).fill({}) } }],
    ['page', { webauthnUrl: 'https://ca.example/portal/passkey' }],
    ['page', { webauthnUrl: 'https://bank.example:14000/portal/passkey' }],
    ['page', { webauthnUrl: 'http://ca.example:14000/portal/passkey' }],
    ['page', { webauthnUrl: 'javascript:alert(1)' }],
    ['token', { token: 'Some challenge to digitally sign' }],
    ['token', { token: undefined }],
  ])('is not asked for because of the %s: %j', async (because, members) => {
    const { rooms, ceremonies } = withPasskeys();
    expect(ppkp01.show(challenge(members), rooms)).toEqual({ kind: 'unsupported', because });
    await expect(use(members).responding).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    expect(ceremonies.heard).toEqual([]);
  });

  it.each(['https://192.0.2.1:14000', 'https://[2001:db8::1]'])(
    'is not asked for by an address: %s',
    (origin) => {
      const { rooms } = withPasskeys({ directoryUrl: `${origin}/directory` });
      const bare = { publicKey: undefined, webauthnUrl: undefined };
      expect(ppkp01.show(challenge(bare), rooms)).toEqual({
        ...{ kind: 'unsupported', because: 'rp-id' },
      });
    },
  );

  it('can be used where there is a screen, and in the browser where there is a page', () => {
    const waysOf = (members: object, more = {}) => {
      const shown = ppkp01.show(challenge(members), withPasskeys(more).rooms);
      return shown?.kind === 'passkey' ? shown.ways : undefined;
    };
    expect(waysOf({})).toEqual(['window', 'browser']);
    expect(waysOf({ webauthnUrl: undefined })).toEqual(['window']);
    expect(waysOf({ publicKey: { ...publicKey, allowCredentials: [] } })).toEqual([]);
    expect(waysOf({ publicKey: undefined, keys: ['A'.repeat(43)] })).toEqual([]);
    expect(waysOf({ publicKey: undefined, keys: [] })).toEqual(['window', 'browser']);
    expect(waysOf({}, { passkeys: undefined })).toEqual([]);
  });

  it('is not used in a way that is not there', async () => {
    const { responding, heard } = use({ webauthnUrl: undefined }, 'browser');
    await expect(responding).rejects.toMatchObject({ failure: { code: 'invalid-request' } });
    expect(heard).toEqual([]);
  });
});

describe('a registered key pair', () => {
  const signer = newSigner();
  const thumbprint = thumbprintOf(signer);
  const key = {
    ...({ thumbprint, keyId: 'key-1', place: 'software', signer } as const),
    registeredAt: '2026-11-22T00:00:00.000Z',
  };
  const respond = (members: object, more = {}) =>
    ppkp01.respond(
      challenge(members),
      { by: 'key', thumbprint },
      { rooms: proofRooms({ keys: [key], ...more }), signal },
    );
  const refused = { failure: { code: 'invalid-request' } };

  it('signs in one shape, with its public half beside it', async () => {
    const { sig } = (await respond({ keys: [thumbprint] })) ?? {};
    const [header = '', payload = ''] = textOf(sig).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toStrictEqual({
      ...{ alg: 'ES256', typ: 'acme-ppkp-01+jws', jwk: signer.publicJwk },
      url: `${caOrigin}/challenge/1`,
    });
    expect(Object.keys(signer.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
    expect(Buffer.from(payload, 'base64url').toString()).toBe(keyAuthorization);
  });

  it('is offered, and signs, only where the CA names it', async () => {
    const rooms = proofRooms({ keys: [key] });
    const shown = ppkp01.show(challenge({ keys: [thumbprint] }), rooms);
    expect(shown).toMatchObject({
      keys: [{ thumbprint, place: 'software', registeredAt: key.registeredAt }],
    });
    expect(JSON.stringify(shown)).not.toContain('key-1');
    expect(ppkp01.show(challenge(), rooms)).toMatchObject({ keys: [] });
    await expect(respond({ keys: [accountThumbprint] })).rejects.toMatchObject(refused);
    await expect(respond({})).rejects.toMatchObject(refused);
  });

  it('is never the key of the account', async () => {
    const more = { accountThumbprint: thumbprint };
    const bare = { publicKey: undefined, keys: [thumbprint] };
    expect(ppkp01.show(challenge(bare), proofRooms({ keys: [key], ...more }))).toMatchObject({
      keys: [],
    });
    await expect(respond(bare, more)).rejects.toMatchObject(refused);
  });
});
