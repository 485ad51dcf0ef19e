import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { flattenedVerify, type FlattenedJWSInput } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derOf } from '../../certificates/pem.ts';
import { KeyObjectSigner } from '../../keys/key-object-signer.ts';
import type { Signer } from '../../keys/signer.ts';
import { Applicant } from '../../testing/applicant.ts';
import { LocalCa, newSigner } from '../../testing/local-ca.ts';
import { readJws, RecordedHttp, type SentJws } from '../../testing/recorded-http.ts';
import type { AcmeClient } from '../client.ts';

// One account lives its whole life at the project's CA; what it sent is then held against the clauses.
let local: LocalCa;
let http: RecordedHttp;
let client: AcmeClient;
let accountUrl: string;
const firstKey = newSigner();
const secondKey = new KeyObjectSigner(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
);
const certifiedKey = newSigner();
const external = { kid: '', macKey: '' };

beforeAll(async () => {
  local = await LocalCa.start({ ordersPerPage: 1 });
  http = new RecordedHttp(local.http);
  client = await local.connect({ http, signer: firstKey, userAgent: 'Conformance/1.0' });
  Object.assign(external, local.invite());
  await client.account.newAccount({
    contact: ['mailto:alex@example.test'],
    termsOfServiceAgreed: true,
    externalAccountBinding: external,
  });
  accountUrl = client.accountUrl ?? '';
  await useEverything(new Applicant(local, client));
});
afterAll(() => local.stop());

async function useEverything(alex: Applicant): Promise<void> {
  await Promise.all([1, 2, 3, 4].map(() => client.account.fetch()));
  await client.account.update({ contact: ['mailto:other@example.test'] });
  const { url } = await client.authorizations.newAuthz(alex.identifiers[0] ?? never());
  await client.authorizations.deactivate(url);
  const first = await download(await alex.issued());
  await client.certificates.revoke({ certificate: first, reason: 'superseded' });
  await client.account.keyChange(secondKey);
  const { challenge } = await alex.ask();
  await client.challenges.fetch(challenge.url);
  const second = await download(await alex.issued(certifiedKey));
  await client.certificates.revoke({ certificate: second, signer: certifiedKey });
  await client.account.orders();
  await client.account.deactivate();
}

async function download({ certificate = '' }: { readonly certificate: string | undefined }) {
  return derOf((await client.certificates.download(certificate)).chain[0] ?? '');
}

function never(): never {
  throw new Error('there is nobody to ask for');
}

const jsonOf = (jws: Pick<SentJws, 'payload'>): Readonly<Record<string, unknown>> =>
  JSON.parse(jws.payload) as Readonly<Record<string, unknown>>;
const only = (url: string | undefined): SentJws => {
  const [post, ...others] = http.postsTo(url ?? '');
  if (post === undefined || others.length > 0) throw new Error(`not one request to ${url ?? ''}`);
  return post;
};
const isByCertificateKey = ({ request, header }: SentJws): boolean =>
  request.url === client.directory.revokeCert && 'jwk' in header;
const speaksForItself = (post: SentJws): boolean =>
  post.request.url === client.directory.newAccount || isByCertificateKey(post);

test('a client’s whole life was recorded', () => {
  const asked = new Set(local.ca.requestLog.entries().map(({ resource }) => resource));
  expect([...asked].sort()).toEqual(
    [
      ['account', 'authorization', 'certificate', 'challenge', 'directory', 'finalize'],
      ['keyChange', 'newAccount', 'newAuthz', 'newNonce', 'newOrder', 'order', 'orders'],
      ['revokeCert'],
    ].flat(),
  );
  expect(http.posts.filter(isByCertificateKey)).toHaveLength(1);
  for (const { request } of http.posts) expect(request.response.status).toBeLessThan(300);
});

describe('every POST', () => {
  test('is one JWS in the flattened serialization', () => {
    for (const { body } of http.posts) {
      expect(body).not.toHaveProperty('signatures');
      for (const member of ['protected', 'payload', 'signature']) {
        expect(body[member]).toBeTypeOf('string');
      }
    }
  });

  test('has nothing outside the protected header', () => {
    for (const { body } of http.posts) {
      expect(Object.keys(body).sort()).toEqual(['payload', 'protected', 'signature']);
    }
  });

  test('has its payload with it, encoded', () => {
    for (const { body, header, payload } of http.posts) {
      expect(header).not.toHaveProperty('b64');
      expect(header).not.toHaveProperty('crit');
      expect(Buffer.from(payload).toString('base64url')).toBe(body['payload']);
      if (payload !== '') expect(JSON.parse(payload)).toBeTypeOf('object');
    }
  });

  test('has algorithm, nonce, URL and one key in its protected header', () => {
    for (const post of http.posts) {
      const key = speaksForItself(post) ? 'jwk' : 'kid';
      expect(Object.keys(post.header).sort()).toEqual(['alg', key, 'nonce', 'url'].sort());
    }
  });

  test('is signed by an algorithm with a public key', () => {
    const used = new Set(http.posts.map(({ header }) => header['alg']));
    expect([...used].sort()).toEqual(['ES256', 'RS256']);
  });

  test('is signed by the account’s key of that time, or by the key that it shows', async () => {
    const change = http.posts.findIndex(({ request }) => request.url === keyChangeUrl());
    expect(change).toBeGreaterThan(0);
    for (const [index, post] of http.posts.entries()) {
      const account = index <= change ? firstKey : secondKey;
      await verify(post.body, isByCertificateKey(post) ? certifiedKey : account);
    }
  });

  test('shows its key when it makes an account or revokes by the certificate’s key', () => {
    expect(only(client.directory.newAccount).header['jwk']).toEqual(firstKey.publicJwk);
    const [revocation] = http.posts.filter(isByCertificateKey);
    expect(revocation?.header['jwk']).toEqual(certifiedKey.publicJwk);
  });

  test('otherwise names the account as the server named it', () => {
    const location = only(client.directory.newAccount).request.response.headers.get('location');
    for (const post of http.posts) {
      if (!speaksForItself(post)) expect(post.header['kid']).toBe(location);
    }
  });

  test('is directed to the URL that it is sent to', () => {
    for (const { request, header } of http.posts) expect(header['url']).toBe(request.url);
  });

  test('has a nonce that the server gave, and no other has it', () => {
    const given = http.requests.map(({ response }) => response.headers.get('replay-nonce'));
    const used = http.posts.map(({ header }) => header['nonce']);
    expect(new Set(used).size).toBe(used.length);
    for (const nonce of used) {
      expect(nonce).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(given).toContain(nonce);
    }
  });

  test('says what it is', () => {
    for (const { request } of http.posts) {
      expect(request.headers?.['content-type']).toBe('application/jose+json');
    }
  });

  test('has no padding in what is base64url, and no other alphabet', () => {
    const encoded = http.posts.flatMap((post) => [
      ...Object.values(post.body),
      ...binaryMembers(post),
    ]);
    expect(encoded.length).toBeGreaterThan(3 * http.posts.length + 10);
    for (const text of encoded) expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
  });
});

/** What is in base64url within a message: CSR, certificate, the members of keys and of inner JWSs. */
function binaryMembers({ header, payload }: SentJws): readonly unknown[] {
  const { csr, certificate, externalAccountBinding, ...rest } =
    payload === '' ? {} : (JSON.parse(payload) as Readonly<Record<string, unknown>>);
  const inner: unknown = externalAccountBinding ?? ('protected' in rest ? rest : {});
  const { x, y, n, e } = (header['jwk'] ?? {}) as JsonWebKey;
  const members = [csr, certificate, x, y, n, e, ...(Object.values(inner as object) as unknown[])];
  return members.filter((each) => each !== undefined);
}

test('resources are fetched by POST with an empty payload, and by GET only the public ones', () => {
  const { newNonce } = client.directory;
  const gets = http.requests.filter(({ method }) => method !== 'POST').map(({ url }) => url);
  expect(new Set(gets)).toEqual(new Set([local.ca.directoryUrl, newNonce]));
  const reads = http.posts.filter(({ payload }) => payload === '');
  expect(reads.length).toBeGreaterThan(8);
  for (const { body } of reads) expect(body['payload']).toBe('');
});

describe('an external account binding', () => {
  const binding = (): Omit<SentJws, 'request'> => {
    const { externalAccountBinding } = jsonOf(only(client.directory.newAccount));
    return readJws(JSON.stringify(externalAccountBinding));
  };

  test('is a MAC over the account’s key', async () => {
    const { body, header, payload } = binding();
    expect(header['alg']).toMatch(/^HS(256|384|512)$/);
    const key = Buffer.from(external.macKey, 'base64url');
    await flattenedVerify(body as unknown as FlattenedJWSInput, key);
    expect(JSON.parse(payload)).toEqual(firstKey.publicJwk);
  });

  test('names the key that the CA gave out', () => {
    expect(binding().header['kid']).toBe(external.kid);
  });

  test('has no nonce', () => {
    expect(binding().header).not.toHaveProperty('nonce');
  });

  test('has the URL of the message that it is in', () => {
    const { header } = only(client.directory.newAccount);
    expect(binding().header['url']).toBe(header['url']);
  });
});

const keyChangeUrl = (): string => client.directory.keyChange ?? '';

describe('a key change', () => {
  const inner = (): Omit<SentJws, 'request'> => readJws(only(keyChangeUrl()).payload);

  test('names the account by the Location that it was created with, and the old key', () => {
    expect(jsonOf(inner())).toEqual({ account: accountUrl, oldKey: firstKey.publicJwk });
    const location = only(client.directory.newAccount).request.response.headers.get('location');
    expect(accountUrl).toBe(location);
  });

  test('is an ordinary request of the old key', async () => {
    const { header, body } = only(keyChangeUrl());
    expect(header).toMatchObject({ kid: accountUrl, url: keyChangeUrl() });
    expect(header['nonce']).toBeTypeOf('string');
    await verify(body, firstKey);
  });

  test('has an inner JWS of the same form, signed by the new key', async () => {
    const { body } = inner();
    expect(Object.keys(body).sort()).toEqual(['payload', 'protected', 'signature']);
    await verify(body, secondKey);
  });

  test('shows the new key in the inner JWS', () => {
    expect(inner().header['jwk']).toEqual(secondKey.publicJwk);
    expect(inner().header).not.toHaveProperty('kid');
  });

  test('has the same URL inside and outside', () => {
    expect(inner().header['url']).toBe(only(keyChangeUrl()).header['url']);
  });

  test('has no nonce inside', () => {
    expect(inner().header).not.toHaveProperty('nonce');
  });
});

async function verify(body: SentJws['body'], signer: Signer): Promise<void> {
  const key = createPublicKey({ key: signer.publicJwk, format: 'jwk' });
  await flattenedVerify(body as unknown as FlattenedJWSInput, key);
}
