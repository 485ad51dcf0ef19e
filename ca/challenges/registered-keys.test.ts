import { calculateJwkThumbprint } from 'jose';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKeyPair } from '../testing/acme-client.ts';
import type { AcmeClient, AcmeReply, ChallengeObject, KeyPair } from '../testing/acme-client.ts';
import { connectBound, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { proveKey } from '../testing/passkeys.ts';
import type { KeyProofOptions } from '../testing/passkeys.ts';
import { brief, connectTwin } from '../testing/replies.ts';

let ca: TestCa;
let client: AcmeClient;
let keys: KeyPair;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
  keys = await newKeyPair();
  add(keys);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const add = ({ jwk }: KeyPair, personId = ca.alex.id) =>
  ca.people.credentials.addKey({ personId, jwk, name: 'Wallet key' });

async function open(): Promise<ChallengeObject> {
  const { order } = await placeOrder(client);
  return client.challenge(order, 'ppkp-01');
}

async function prove(
  { url, token }: ChallengeObject,
  options: Partial<KeyProofOptions> = {},
): Promise<string> {
  const payload = `${token}.${await calculateJwkThumbprint(client.keys.jwk)}`;
  return proveKey({ keys, typ: 'acme-ppkp-01+jws', url, payload, ...options });
}

const respond = ({ url }: ChallengeObject, sig: unknown): Promise<AcmeReply> =>
  client.post(url, { sig });

describe('a registered key', () => {
  it('is named by its thumbprint, and by nothing else without a passkey', async () => {
    const challenge = await open();
    expect(challenge).toMatchObject({ keys: [await calculateJwkThumbprint(keys.jwk)] });
    expect(challenge).not.toHaveProperty('publicKey');
    expect(challenge).not.toHaveProperty('webauthnUrl');
  });

  it.each(['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'])('by %s answers', async (algorithm) => {
    keys = await newKeyPair(algorithm);
    add(keys);
    const challenge = await open();
    const reply = await respond(challenge, await prove(challenge));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ status: 'valid' });
    expect(ca.people.credentials.keysOf(ca.alex.id).at(-1)?.lastUsedAt).toEqual(ca.clock());
  });
});

describe('a proof', () => {
  it('is taken once of many that come at the same time', async () => {
    const challenge = await open();
    const sig = await prove(challenge);
    const racers = await Promise.all(Array.from({ length: 6 }, () => connectTwin(ca, client)));
    const replies = await Promise.all(racers.map((racer) => racer.post(challenge.url, { sig })));
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 400, 400, 400, 400, 400]);
    for (const racer of racers) racer.close();
  });

  it.each<[string, (challenge: ChallengeObject) => Promise<Partial<KeyProofOptions>>]>([
    ['of another kind', () => Promise.resolve({ typ: 'acme-key-registration+jws' })],
    ['of cert-01', () => Promise.resolve({ typ: 'acme-cert-01+jws' })],
    ['for another challenge', async () => ({ url: (await open()).url })],
    ['over another token', async () => ({ payload: await keyAuthorization(await open()) })],
    ['over the token alone', ({ token }) => Promise.resolve({ payload: token })],
    ['over nothing', () => Promise.resolve({ payload: '' })],
    ['with another key in its header', async () => ({ header: { jwk: (await newKeyPair()).jwk } })],
  ])('%s is wrong, three times at most', async (_what, change) => {
    const challenge = await open();
    const sig = await prove(challenge, await change(challenge));
    expect(brief(await respond(challenge, sig))).toEqual([403, 'incorrectResponse', 2]);
    expect(brief(await respond(challenge, sig))).toEqual([403, 'incorrectResponse', 1]);
    expect(brief(await respond(challenge, sig))).toEqual([403, 'incorrectResponse', 0]);
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'invalid' });
  });

  it('by an algorithm that the key has not is wrong', async () => {
    const rsa = await newKeyPair('RS256');
    add(rsa);
    const challenge = await open();
    const [, payload, signature] = (await prove(challenge, { keys: rsa })).split('.');
    const header = { alg: 'ES256', typ: 'acme-ppkp-01+jws', jwk: rsa.jwk, url: challenge.url };
    for (const alg of ['ES256', 'none', 'HS256', 'PS512', 1]) {
      const encoded = Buffer.from(JSON.stringify({ ...header, alg })).toString('base64url');
      const { url } = challenge;
      const reply = await client.post(url, { sig: [encoded, payload, signature].join('.') });
      if (alg === 'PS512') expect((await client.get(url)).body['status']).toBe('invalid');
      else expect(['incorrectResponse', 'malformed']).toContain(reply.problem);
    }
  });

  it.each<[string, () => Promise<KeyPair>]>([
    ['that nobody registered', () => newKeyPair()],
    [
      'of another person',
      async () => {
        const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
        const theirs = await newKeyPair();
        add(theirs, sam.id);
        return theirs;
      },
    ],
    [
      'that was removed',
      async () => {
        const removed = await newKeyPair();
        const { thumbprint } = add(removed);
        ca.people.credentials.remove(ca.alex.id, 'key', thumbprint);
        return removed;
      },
    ],
    ['of the account', () => Promise.resolve(client.keys)],
  ])('by a key %s is unauthorized, and that for good', async (_what, make) => {
    const challenge = await open();
    const reply = await respond(challenge, await prove(challenge, { keys: await make() }));
    expect(brief(reply)).toEqual([403, 'unauthorized', undefined]);
    expect(reply.body['detail']).toBe('The response cannot be accepted.');
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'invalid' });
  });

  it('by a key that an account took later is unauthorized', async () => {
    const other = await connectBound(ca);
    await other.rollover();
    const taken = await newKeyPair();
    add(taken);
    const twin = await connectBound(ca);
    twin.keys = taken;
    twin.kid = undefined;
    await twin.register(ca.people.invite({ for: { personId: ca.alex.id } }));
    const challenge = await open();
    const reply = await respond(challenge, await prove(challenge, { keys: taken }));
    expect(reply.problem).toBe('unauthorized');
    for (const one of [other, twin]) one.close();
  });
});

describe('a response of the wrong shape', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a kid', { kid: 'https://ca.example/acme/account/1' }],
    ['a nonce', { nonce: 'AAAA' }],
    ['certificates', { x5c: ['AAAA'] }],
    ['an address of keys', { jku: 'https://evil.example/keys' }],
    ['an address of certificates', { x5u: 'https://evil.example/certificate' }],
    ['no type', { typ: undefined }],
    ['no address', { url: undefined }],
    ['no key', { jwk: undefined }],
  ])('(%s in the header) is malformed and costs no attempt', async (_what, header) => {
    const challenge = await open();
    const reply = await respond(challenge, await prove(challenge, { header }));
    expect(brief(reply)).toEqual([400, 'malformed', undefined]);
    const wrong = await prove(challenge, { payload: 'x' });
    expect(brief(await respond(challenge, wrong))).toEqual([403, 'incorrectResponse', 2]);
  });

  it('(members of the key that are not required, private ones among them) is malformed', async () => {
    const challenge = await open();
    for (const more of [{ kid: '1' }, { use: 'sig' }, { d: 'AAAA' }, { k: 'AAAA' }]) {
      const header = { jwk: { ...keys.jwk, ...more } };
      const reply = await respond(challenge, await prove(challenge, { header }));
      expect(reply.problem).toBe('malformed');
    }
  });

  it('is never more than the client’s mistake, whatever it is', async () => {
    const challenge = await open();
    const right = await prove(challenge);
    const [header = '', payload = '', signature = ''] = right.split('.');
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        header,
        `${header}.${payload}`,
        `${right}.${signature}`,
        `${right}=`,
        ` ${right}`,
      ),
      fc
        .object()
        .map((value) => `${Buffer.from(JSON.stringify(value)).toString('base64url')}.e30.AA`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (sig) => {
        expect((await respond(challenge, sig)).problem).toBe('malformed');
      }),
      { numRuns: 40 },
    );
    expect((await respond(challenge, right)).status).toBe(200);
  });
});

async function keyAuthorization({ token }: ChallengeObject): Promise<string> {
  return `${token}.${await calculateJwkThumbprint(client.keys.jwk)}`;
}
