import { createHash } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply, ChallengeObject } from '../testing/acme-client.ts';
import { connectBound, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { brief } from '../testing/replies.ts';
import { givePasskey, openPasskeyChallenge } from '../testing/passkeys.ts';
import type { HeldPasskey, PasskeyChallenge } from '../testing/passkeys.ts';
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts';
import type { AssertionJson, Ceremony } from '../testing/software-authenticator.ts';

let ca: TestCa;
let client: AcmeClient;
let held: HeldPasskey;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
  held = await givePasskey(ca, ca.alex);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const open = (by: AcmeClient = client): Promise<PasskeyChallenge> => openPasskeyChallenge(by);

const assert = (
  { publicKey }: PasskeyChallenge,
  ceremony: Partial<Ceremony> = {},
  { authenticator } = held,
): AssertionJson => authenticator.get(publicKey, { origin: ca.origin, ...ceremony });

const respond = ({ url }: ChallengeObject, credential: unknown, by = client): Promise<AcmeReply> =>
  by.post(url, { credential });

describe('the challenge', () => {
  it('says what the authenticator is to sign, for this account and this host', async () => {
    const challenge = await open();
    const thumbprint = await thumbprintOfAccount(client);
    const expected = createHash('sha256').update(`${challenge.token}.${thumbprint}`);
    expect(challenge.token).toMatch(/^[\w-]{43}$/);
    expect(challenge.publicKey).toEqual({
      ...{ rpId: 'localhost', timeout: 120_000, userVerification: 'required' },
      challenge: expected.digest('base64url'),
      allowCredentials: [{ type: 'public-key', id: held.passkey.id, transports: ['internal'] }],
    });
    expect(challenge.webauthnUrl).toBe(`${ca.origin}/portal/passkey`);
    expect(challenge).not.toHaveProperty('keys');
  });

  it('is offered to nobody who has no passkey and no key pair', async () => {
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const other = await connectBound(ca, sam);
    const { order } = await placeOrder(other, {
      identifiers: [{ type: 'email', value: sam.email }],
    });
    const { challenges } = await other.authorization(order.authorizations[0] ?? '');
    expect(challenges.map(({ type }) => type)).not.toContain('ppkp-01');
    other.close();
  });

  it('names no page when there is none', async () => {
    const bare = await startTestCa({ webauthnPage: false });
    await givePasskey(bare, bare.alex);
    const other = await connectBound(bare);
    expect(await open(other)).not.toHaveProperty('webauthnUrl');
    other.close();
    await bare.stop();
  });

  it('is not for passkeys where the CA is reached by an address', async () => {
    const bare = await startTestCa({ origin: 'https://127.0.0.1:9' });
    expect(() => bare.passkeyDesk.begin({ person: bare.alex, holder: 'x' })).toThrow(/address/);
    await bare.stop();
  });
});

describe('an assertion', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'by %s makes the challenge valid',
    async (algorithm) => {
      ca.people.credentials.remove(ca.alex.id, 'passkey', held.passkey.id);
      held = await givePasskey(ca, ca.alex, { algorithm });
      const challenge = await open();
      const reply = await respond(challenge, assert(challenge));
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ type: 'ppkp-01', status: 'valid' });
      expect(reply.body).not.toHaveProperty('publicKey');
      const [passkey] = ca.people.credentials.passkeysOf(ca.alex.id);
      expect(passkey).toMatchObject({ signCount: 1, lastUsedAt: ca.clock() });
    },
  );

  it('may come without a user handle, and with members that mean nothing', async () => {
    const challenge = await open();
    const { response, ...rest } = assert(challenge);
    const credential = {
      ...rest,
      authenticatorAttachment: 'platform',
      response: { ...response, userHandle: null },
      x: 1,
    };
    expect((await client.post(challenge.url, { credential, y: 2 })).status).toBe(200);
  });

  it.each<[string, Partial<Ceremony>]>([
    ['of a sibling host', { origin: 'https://evil.localhost:4711' }],
    ['of the same host by http', { origin: 'http://localhost' }],
    ['of another port', { origin: 'https://localhost:1' }],
    ['for a parent of the host', { rpId: 'localhost.' }],
    ['for another host', { rpId: 'example.test' }],
    ['of a registration', { type: 'webauthn.create' }],
    ['of inside another page', { crossOrigin: true }],
    ['of inside another page, by its text', { crossOrigin: 'false' }],
    ['with a page around it', { topOrigin: 'https://evil.example' }],
    ['with nobody there', { userPresent: false }],
    ['over another challenge', { challenge: 'A'.repeat(43) }],
    ['over nothing', { challenge: '' }],
  ])('%s is wrong, three times at most', async (_what, ceremony) => {
    const challenge = await open();
    const credential = assert(challenge, ceremony);
    expect(brief(await respond(challenge, credential))).toEqual([403, 'incorrectResponse', 2]);
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'pending' });
    expect(brief(await respond(challenge, credential))).toEqual([403, 'incorrectResponse', 1]);
    expect(brief(await respond(challenge, credential))).toEqual([403, 'incorrectResponse', 0]);
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'invalid' });
  });

  it('with the origin in other letters is wrong', async () => {
    const challenge = await open();
    const origin = ca.origin.replace('localhost', 'LOCALHOST');
    const reply = await respond(challenge, assert(challenge, { origin }));
    expect(reply.problem).toBe('incorrectResponse');
  });

  it('with a changed signature is wrong, and the right one after it is right', async () => {
    const challenge = await open();
    const right = assert(challenge);
    const bytes = Buffer.from(right.response.signature, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    const response = { ...right.response, signature: bytes.toString('base64url') };
    expect((await respond(challenge, { ...right, response })).problem).toBe('incorrectResponse');
    expect((await respond(challenge, right)).status).toBe(200);
  });

  it("over another account's key authorization is wrong", async () => {
    const other = await connectBound(ca);
    const [mine, theirs] = [await open(), await open(other)];
    expect((await respond(theirs, assert(mine), other)).problem).toBe('incorrectResponse');
    other.close();
  });

  it('made before the account changed its key is wrong', async () => {
    const challenge = await open();
    const early = assert(challenge);
    await client.rollover();
    expect((await respond(challenge, early)).problem).toBe('incorrectResponse');
    const { publicKey } = (await client.get(challenge.url)).body as PasskeyChallenge;
    expect((await respond(challenge, assert({ ...challenge, publicKey }))).status).toBe(200);
  });

  it('is good for one challenge', async () => {
    const [first, second] = [await open(), await open()];
    const credential = assert(first);
    expect((await respond(first, credential)).status).toBe(200);
    expect(brief(await respond(first, credential))).toEqual([400, 'malformed', undefined]);
    expect((await respond(second, credential)).problem).toBe('incorrectResponse');
  });
});

describe('a passkey that does not count', () => {
  const refused = [403, 'unauthorized', undefined];

  async function isRefused(challenge: PasskeyChallenge, credential: unknown): Promise<void> {
    const reply = await respond(challenge, credential);
    expect(brief(reply)).toEqual(refused);
    // One text, whatever the reason.
    expect(reply.body['detail']).toBe('The response cannot be accepted.');
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'invalid' });
  }

  it('is one whose authenticator did not verify the person', async () => {
    const challenge = await open();
    await isRefused(challenge, assert(challenge, { userVerified: false }));
  });

  it('is one that nobody registered', async () => {
    const challenge = await open();
    const stranger = new SoftwareAuthenticator();
    const { publicKey } = ca.passkeyDesk.begin({ person: ca.alex, holder: 'nobody' });
    stranger.create({ ...publicKey, excludeCredentials: [] }, { origin: ca.origin });
    const options = { ...challenge.publicKey, allowCredentials: [] };
    await isRefused(challenge, stranger.get(options, { origin: ca.origin }));
  });

  it('is one that was removed', async () => {
    await givePasskey(ca, ca.alex);
    const challenge = await open();
    const credential = assert(challenge);
    expect(ca.people.credentials.remove(ca.alex.id, 'passkey', held.passkey.id)).toBe(true);
    await isRefused(challenge, credential);
  });

  it('is one of another person', async () => {
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const theirs = await givePasskey(ca, sam);
    const challenge = await open();
    const options = { ...challenge.publicKey, allowCredentials: [] };
    await isRefused(challenge, theirs.authenticator.get(options, { origin: ca.origin }));
  });

  it("is one with another person's user handle", async () => {
    const challenge = await open();
    await isRefused(challenge, assert(challenge, { userHandle: 'AAAA' }));
  });

  it('is one that says it can be copied and was not', async () => {
    const challenge = await open();
    await isRefused(challenge, assert(challenge, { backupEligible: true }));
  });
});

describe('the signature counter', () => {
  it.each([
    ['equal', 5],
    ['lower', 4],
    ['gone', 0],
  ])('that is %s shows a copy, and ends the passkey', async (_what, signCount) => {
    await givePasskey(ca, ca.alex);
    const first = await open();
    expect((await respond(first, assert(first, { signCount: 5 }))).status).toBe(200);
    const second = await open();
    const stale = await respond(second, assert(second, { signCount }));
    expect(brief(stale)).toEqual([403, 'unauthorized', undefined]);
    const [passkey] = ca.people.credentials.passkeysOf(ca.alex.id);
    expect(passkey).toMatchObject({ id: held.passkey.id, signCount: 5, flaggedAt: ca.clock() });
    const third = await open();
    expect(third.publicKey.allowCredentials.map(({ id }) => id)).not.toContain(held.passkey.id);
    const options = { ...third, publicKey: { ...third.publicKey, allowCredentials: [] } };
    const later = await respond(third, assert(options, { signCount: 100 }));
    expect(later.problem).toBe('unauthorized');
  });

  it('that is newer is kept', async () => {
    for (const signCount of [1, 2, 1000, 4_294_967_295]) {
      const challenge = await open();
      expect((await respond(challenge, assert(challenge, { signCount }))).status).toBe(200);
      const [passkey] = ca.people.credentials.passkeysOf(ca.alex.id);
      expect(passkey?.signCount).toBe(signCount);
    }
  });

  it('may be zero for ever', async () => {
    ca.people.credentials.remove(ca.alex.id, 'passkey', held.passkey.id);
    held = await givePasskey(ca, ca.alex, { counts: false, synchronises: true });
    for (let count = 0; count < 3; count += 1) {
      const challenge = await open();
      expect((await respond(challenge, assert(challenge))).status).toBe(200);
    }
    expect(ca.people.credentials.passkeysOf(ca.alex.id)[0]).toMatchObject({
      ...{ signCount: 0, deviceType: 'multiDevice', backedUp: true },
    });
  });

  it('says nothing when the signature is not the passkey’s', async () => {
    const challenge = await open();
    const { response, ...rest } = assert(challenge, { signCount: 0 });
    const data = Buffer.from(response.authenticatorData, 'base64url');
    const first = await open();
    await respond(first, assert(first, { signCount: 7 }));
    data.writeUInt32BE(1, 33);
    const forged = {
      ...rest,
      response: { ...response, authenticatorData: data.toString('base64url') },
    };
    expect((await respond(challenge, forged)).problem).toBe('incorrectResponse');
    expect(ca.people.credentials.passkeysOf(ca.alex.id)[0]?.flaggedAt).toBeUndefined();
  });
});

function thumbprintOfAccount({ keys }: AcmeClient): Promise<string> {
  return calculateJwkThumbprint(keys.jwk);
}
