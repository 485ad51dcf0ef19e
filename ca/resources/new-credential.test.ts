import 'reflect-metadata';
import { KeyObject, sign, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient, newKeyPair } from '../testing/acme-client.ts';
import type { AcmeReply } from '../testing/acme-client.ts';
import { connectBound, connectService, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import type { Cbor } from '../testing/cbor.ts';
import { credentialsUrl, givePasskey, keyRegistration, proveByCode } from '../testing/passkeys.ts';
import { brief, connectTwin } from '../testing/replies.ts';
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts';
import type { Ceremony, Creation, RegistrationJson } from '../testing/software-authenticator.ts';

let ca: TestCa;
let client: AcmeClient;
let authenticator: SoftwareAuthenticator;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
  authenticator = new SoftwareAuthenticator();
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const post = (payload: object | '', by: AcmeClient = client): Promise<AcmeReply> =>
  by.post(credentialsUrl(by), payload);

/** The account has just proven its person by a code. */
async function prove(by: AcmeClient = client): Promise<void> {
  expect((await proveByCode(ca, by)).status).toBe(200);
}

async function begin(by: AcmeClient = client): Promise<Creation> {
  const reply = await post({ type: 'webauthn' }, by);
  expect(reply.status).toBe(200);
  return reply.body['publicKey'] as Creation;
}

const make = (creation: Creation, ceremony: Partial<Ceremony> = {}): RegistrationJson =>
  authenticator.create(creation, { origin: ca.origin, ...ceremony });

/** By an authenticator that has none yet. */
const makeNew = (creation: Creation): RegistrationJson =>
  new SoftwareAuthenticator().create(creation, { origin: ca.origin });

const finish = (credential: unknown, by: AcmeClient = client, name?: unknown) =>
  post({ type: 'webauthn', credential, ...(name === undefined ? {} : { name }) }, by);

const passkeys = () => ca.people.credentials.passkeysOf(ca.alex.id);
const keys = () => ca.people.credentials.keysOf(ca.alex.id);

const strange = () => ({ format: 'x', statement: new Map<string, Cbor>() });

describe('a passkey', () => {
  it('is registered by an account that has just proven its person, and answers the next challenge', async () => {
    await prove();
    const reply = await post({ type: 'webauthn' });
    expect(reply.body).toEqual({
      webauthnUrl: `${ca.origin}/portal/passkey`,
      expires: new Date(ca.clock().getTime() + 300_000).toISOString().replace('.000', ''),
      publicKey: {
        rp: { id: 'localhost', name: 'Local CA' },
        user: {
          id: expect.stringMatching(/^[\w-]{43}$/) as string,
          name: 'alex@example.test',
          displayName: 'Alex Demo',
        },
        challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
        pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
        timeout: 120_000,
        excludeCredentials: [],
        authenticatorSelection: {
          ...{ residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' },
        },
        attestation: 'none',
      },
    });
    const made = make(reply.body['publicKey'] as Creation);
    const done = await finish(made, client, ' My key ');
    expect(done.status).toBe(201);
    expect(done.body).toEqual({ type: 'webauthn', id: made.id });
    expect(passkeys()).toMatchObject([{ id: made.id, name: 'My key', transports: ['internal'] }]);

    const { order } = await placeOrder(client);
    const challenge = await client.challenge(order, 'ppkp-01');
    const { publicKey } = challenge as unknown as { publicKey: { challenge: string } };
    const credential = authenticator.get(publicKey, { origin: ca.origin });
    expect((await client.post(challenge.url, { credential })).status).toBe(200);
  });

  it('is called something when nobody says what', async () => {
    await prove();
    await finish(make(await begin()));
    expect(passkeys()).toMatchObject([{ name: 'Passkey' }]);
  });

  it('is not asked for twice of one authenticator, and is known to be the same person', async () => {
    await prove();
    const first = await begin();
    const { id } = make(first);
    await post({ type: 'webauthn' });
    const { passkey } = await givePasskey(ca, ca.alex);
    const second = await begin();
    expect(second.user.id).toBe(first.user.id);
    expect(second.excludeCredentials?.map((one) => one.id)).toEqual([passkey.id]);
    expect(id).not.toBe(passkey.id);
  });

  it.each<[string, Partial<Ceremony>]>([
    ['at another site', { origin: 'https://evil.localhost:4711' }],
    ['by http', { origin: 'http://localhost' }],
    ['for another host', { rpId: 'evil.example' }],
    ['inside another page', { crossOrigin: true }],
    ['inside another page that is named', { topOrigin: 'https://evil.example' }],
    ['by using one', { type: 'webauthn.get' }],
    ['without verifying the person', { userVerified: false }],
    ['with nobody there', { userPresent: false }],
    ['for another challenge', { challenge: 'A'.repeat(43) }],
    ['with a statement of an unknown kind', { attestation: strange }],
  ])('made %s is refused', async (_how, ceremony) => {
    await prove();
    const reply = await finish(make(await begin(), ceremony));
    expect(brief(reply)).toEqual([403, 'incorrectResponse', undefined]);
    expect(passkeys()).toEqual([]);
  });

  it('made with the certificate of a maker is refused', async () => {
    await prove();
    const reply = await finish(make(await begin(), { attestation: await certified() }));
    expect(brief(reply)).toEqual([403, 'incorrectResponse', undefined]);
    expect(passkeys()).toEqual([]);
  });

  it('may vouch for itself', async () => {
    await prove();
    const attestation = (signed: Buffer, key: KeyObject) => ({
      format: 'packed',
      statement: new Map<string, Cbor>([
        ['alg', -7],
        ['sig', sign('sha256', signed, key)],
      ]),
    });
    expect((await finish(make(await begin(), { attestation }))).status).toBe(201);
  });

  it('that is registered already is refused, whoever’s it is', async () => {
    await prove();
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const theirs = await givePasskey(ca, sam);
    const copy = new SoftwareAuthenticator();
    const creation = await begin();
    const made = copy.create(creation, { origin: ca.origin });
    const stolen = withId(made, theirs.passkey.id);
    const reply = await finish(stolen);
    expect(reply.status).toBe(409);
    expect(passkeys()).toEqual([]);
  });
});

describe('a registration', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['for a passkey', () => Promise.resolve({ type: 'webauthn' })],
    ['for a key pair', async () => keyRegistration(client, await newKeyPair())],
  ])('%s needs another factor, ten minutes ago at most', async (_what, make_) => {
    const payload = (await make_()) as object;
    const refused = await post(payload);
    expect(brief(refused)).toEqual([403, 'unauthorized', undefined]);
    expect(refused.body['detail']).toContain('ten minutes');
    await prove();
    ca.clock.advance(8 * 60);
    expect((await post(payload)).status).toBeLessThan(300);
    ca.clock.advance(2 * 60);
    expect((await post(payload)).problem).toBe('unauthorized');
  });

  it('is not helped by the factor of another account of the same person', async () => {
    const other = await connectBound(ca);
    await prove(other);
    expect((await post({ type: 'webauthn' })).problem).toBe('unauthorized');
    expect((await post({ type: 'webauthn' }, other)).status).toBe(200);
    other.close();
  });

  it('is for people, not for services and not for accounts of nobody', async () => {
    const service = await connectService(ca);
    for (const payload of ['', { type: 'webauthn' }, { type: 'key', remove: 'x' }] as const) {
      expect((await post(payload, service)).problem).toBe('unauthorized');
    }
    service.close();
    const open = await startTestCa({ externalAccountRequired: false });
    const nobody = await AcmeClient.connect(open);
    await nobody.register();
    expect((await post({ type: 'webauthn' }, nobody)).problem).toBe('unauthorized');
    nobody.close();
    await open.stop();
  });

  it('comes to an end once', async () => {
    await prove();
    const used = makeNew(await begin());
    expect((await finish(used)).status).toBe(201);
    expect(brief(await finish(used))).toEqual([403, 'unauthorized', undefined]);
    expect(passkeys()).toHaveLength(1);
  });

  it('is the account’s that began it', async () => {
    await prove();
    const other = await connectBound(ca);
    await prove(other);
    const mine = makeNew(await begin());
    expect((await finish(mine, other)).problem).toBe('unauthorized');
    await begin(other);
    expect((await finish(mine, other)).problem).toBe('incorrectResponse');
    expect((await finish(mine)).status).toBe(201);
    other.close();
  });

  it('is void once another is begun, and that one by a wrong answer', async () => {
    await prove();
    const replaced = makeNew(await begin());
    const latest = await begin();
    expect((await finish(replaced)).problem).toBe('incorrectResponse');
    expect((await finish(makeNew(latest))).problem).toBe('unauthorized');
    expect(passkeys()).toEqual([]);
  });

  it('is void after five minutes, and when the account has another key', async () => {
    await prove();
    const late = makeNew(await begin());
    ca.clock.advance(300);
    expect((await finish(late)).problem).toBe('unauthorized');
    await prove();
    const before = makeNew(await begin());
    await client.rollover();
    expect((await finish(before)).problem).toBe('unauthorized');
    expect(passkeys()).toEqual([]);
  });

  it('that is answered twice at the same time registers once', async () => {
    await prove();
    const made = make(await begin());
    const twin = await connectTwin(ca, client);
    const replies = await Promise.all([finish(made), finish(made, twin)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403]);
    expect(passkeys()).toHaveLength(1);
    twin.close();
  });

  it('ends at twenty credentials, and goes on when one is removed', async () => {
    await prove();
    for (let count = 0; count < 10; count += 1) {
      await givePasskey(ca, ca.alex);
      const { jwk } = await newKeyPair();
      ca.people.credentials.addKey({ personId: ca.alex.id, jwk, name: `Key ${count}` });
    }
    expect((await post({ type: 'webauthn' })).problem).toBe('unauthorized');
    const key = await keyRegistration(client, await newKeyPair());
    expect((await post(key)).problem).toBe('unauthorized');
    await post({ type: 'key', remove: keys()[0]?.thumbprint });
    expect((await post(key)).status).toBe(201);
  });

  it.each<[string, object]>([
    ['no type', {}],
    ['an unknown type', { type: 'password' }],
    ['a credential that is none', { type: 'webauthn', credential: 'AAAA' }],
    ['a name that is none', { type: 'webauthn', credential: madeUp(), name: 7 }],
    ['a key that is none', { type: 'key', jwk: 'AAAA', sig: 'a.b.c' }],
    [
      'a key without proof',
      { type: 'key', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } },
    ],
    ['an id that is none', { type: 'webauthn', remove: 7 }],
  ])('with %s is malformed', async (_what, payload) => {
    await prove();
    expect(brief(await post(payload))).toEqual([400, 'malformed', undefined]);
  });

  it.each(['', ' ', 'x'.repeat(65), 'a\u202eb', 'a\nb'])('takes no name like %j', async (name) => {
    await prove();
    const reply = await finish(make(await begin()), client, name);
    expect(brief(reply)).toEqual([400, 'malformed', undefined]);
    expect(passkeys()).toEqual([]);
  });
});

/** As the makers of security keys have it, which the library would believe: it knows no root that says otherwise. */
async function certified(): Promise<NonNullable<Ceremony['attestation']>> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: 'C=DE, O=Maker, OU=Authenticator Attestation, CN=Key', keys: pair },
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(false)],
  });
  const key = KeyObject.from(pair.privateKey);
  return (signed) => ({
    format: 'packed',
    statement: new Map<string, Cbor>([
      ['alg', -7],
      ['sig', sign('sha256', signed, key)],
      ['x5c', [new Uint8Array(certificate.rawData)]],
    ]),
  });
}

/** The same attestation, with another id in it. */
function withId(made: RegistrationJson, id: string): RegistrationJson {
  const object = Buffer.from(made.response.attestationObject, 'base64url').toString('hex');
  const [from, to] = [made.id, id].map((one) => Buffer.from(one, 'base64url').toString('hex'));
  const attestationObject = Buffer.from(object.replace(from ?? '', to ?? ''), 'hex');
  const response = { ...made.response, attestationObject: attestationObject.toString('base64url') };
  return { ...made, id, rawId: id, response };
}

function madeUp(): object {
  const response = { clientDataJSON: 'AAAA', attestationObject: 'AAAA' };
  return { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response };
}
