import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client.ts';
import { outputOf, readVectors, vectorSigner } from '../testing/vectors.ts';
import { AcmeClient } from './client.ts';
import { bindExternalAccount } from './external-account-binding.ts';
import type { JsonObject } from './json.ts';
import type { FlattenedJws } from './jws.ts';
import { joinKeyAuthorization, thumbprintOf } from './key-authorization.ts';

const origin = 'https://ca.example';
const orderUrl = `${origin}/acme/order/1`;

interface Given {
  readonly account: string;
  readonly nonce: string;
  readonly externalAccount: { readonly kid: string; readonly macKey: string };
}
interface Input {
  readonly url: string;
  readonly payload: JsonObject | '';
}

const requests = readVectors<Given, Input, { readonly body: FlattenedJws }>('requests');
const { given } = requests;
const requested = new Map(requests.good.map(([id, vector]) => [id, vector]));

function request(id: string) {
  const vector = requested.get(id);
  if (vector === undefined) throw new Error(`the vectors have no request ${id}`);
  return { ...vector.input, ...outputOf(vector) };
}

const directory = {
  ...{ newNonce: `${origin}/acme/new-nonce`, newAccount: `${origin}/acme/new-account` },
  ...{ newOrder: `${origin}/acme/new-order`, keyChange: `${origin}/acme/key-change` },
  meta: { profiles: { employee: 'A person' }, credentials: `${origin}/acme/new-credential` },
};

const challenge = {
  ...{ type: 'totp-01', url: `${origin}/acme/challenge/7`, status: 'valid' },
  token: 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
};

const bodies: Readonly<Record<string, object>> = {
  [`${origin}/acme/directory`]: directory,
  [directory.newAccount]: { status: 'valid' },
  [directory.newOrder]: {
    ...{ status: 'pending', authorizations: [`${origin}/acme/authorization/1`] },
    ...{ finalize: `${orderUrl}/finalize`, profile: 'employee' },
    identifiers: [{ type: 'email', value: 'alex@example.test' }],
  },
  [directory.keyChange]: { status: 'valid' },
  [directory.meta.credentials]: { type: 'key', id: 'A' },
  [challenge.url]: challenge,
};

/** The CA of the vectors: it has one nonce, and keeps what is POSTed. */
class CaOfVectors implements HttpClient {
  readonly posted: FlattenedJws[] = [];

  request({ method, url, body = '' }: HttpRequest): Promise<HttpResponse> {
    if (method === 'POST') this.posted.push(JSON.parse(String(body)) as FlattenedJws);
    const headers = new Headers({
      'Replay-Nonce': given.nonce,
      'Content-Type': 'application/json',
    });
    const isMade = url === directory.newAccount || url === directory.newOrder;
    if (isMade) headers.set('Location', url === directory.newOrder ? orderUrl : given.account);
    const text = JSON.stringify(bodies[url] ?? {});
    return Promise.resolve({ url, status: isMade ? 201 : 200, headers, body: Buffer.from(text) });
  }

  close(): void {
    this.posted.length = 0;
  }
}

async function connect(options: { readonly accountUrl?: string } = { accountUrl: given.account }) {
  const http = new CaOfVectors();
  const signer = vectorSigner('account');
  const directoryUrl = `${origin}/acme/directory`;
  return { http, client: await AcmeClient.connect({ http, directoryUrl, signer, ...options }) };
}

/** The same octets under the signature, and a signature over them. */
function expectSame(sent: FlattenedJws | undefined, made: FlattenedJws, key = 'account'): void {
  const { protected: header, payload } = made;
  expect(sent).toMatchObject({ protected: header, payload });
  const signature = Buffer.from(sent?.signature ?? '', 'base64url');
  const jwk = { key: vectorSigner(key).publicJwk, format: 'jwk' } as const;
  const publicKey = { key: createPublicKey(jwk), dsaEncoding: 'ieee-p1363' } as const;
  expect(verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, signature)).toBe(true);
}

describe('a request has the octets of the vectors:', () => {
  it('newAccount with its external account binding', async () => {
    const { http, client } = await connect({});
    const { externalAccount: externalAccountBinding } = given;
    await client.account.newAccount({ termsOfServiceAgreed: true, externalAccountBinding });
    expectSame(http.posted[0], request('new-account').body);
  });

  it('newOrder', async () => {
    const { http, client } = await connect();
    const identifiers = [{ type: 'email', value: 'alex@example.test' }] as const;
    await client.orders.newOrder({ identifiers, profile: 'employee' });
    expectSame(http.posted[0], request('new-order').body);
  });

  it('the response to a challenge, and POST-as-GET', async () => {
    const { http, client } = await connect();
    const { url, payload, body } = request('challenge');
    if (payload === '') throw new Error('the vector has no payload');
    await client.challenges.respond(url, payload);
    await client.challenges.fetch(url);
    expectSame(http.posted[0], body);
    expectSame(http.posted[1], request('post-as-get').body);
  });

  it('keyChange, around the word of the new key', async () => {
    const { http, client } = await connect();
    await client.account.keyChange(vectorSigner('account-new'));
    const [outer] = http.posted;
    const text = Buffer.from(outer?.payload ?? '', 'base64url').toString();
    const inner = JSON.parse(text) as FlattenedJws;
    const made = request('key-change').body;
    expectSame(inner, request('key-change-inner').body, 'account-new');
    // Its payload has the inner signature, which is another each time.
    expectSame(outer, { ...made, payload: outer?.payload ?? '' });
  });
});

describe('what has no chance in it is that of the vectors:', () => {
  it('the external account binding', () => {
    const { url, body } = request('external-account-binding');
    expect(bindExternalAccount(vectorSigner('account'), given.externalAccount, url)).toEqual(body);
  });

  it.each(readVectors<unknown, unknown, { thumbprint: string; jwk: JsonWebKey }>('keys').good)(
    'the thumbprint of %s',
    (_id, vector) => {
      const { thumbprint, jwk } = outputOf(vector);
      expect(thumbprintOf({ publicJwk: jwk })).toBe(thumbprint);
    },
  );

  it('the key authorization', () => {
    const { good } = readVectors<
      unknown,
      { readonly token: string; readonly thumbprint: string },
      { readonly keyAuthorization: string }
    >('key-authorization');
    const [, vector] = good.find(([id]) => id === 'key-authorization') ?? [];
    if (vector === undefined) throw new Error('the vector is missing');
    const { token, thumbprint } = vector.input;
    expect(joinKeyAuthorization(token, thumbprint)).toBe(outputOf(vector).keyAuthorization);
  });

  it('the name of a certificate for renewal information', () => {
    const { good } = readVectors<
      unknown,
      { readonly certificate?: string },
      { readonly certificateId: string }
    >('renewal-info');
    const [, vector] = good.find(([id]) => id === 'leaf-es256') ?? [];
    if (vector === undefined) throw new Error('the vector is missing');
    const der = Buffer.from(vector.input.certificate ?? '', 'base64');
    expect(certificateIdentifier(der)).toBe(outputOf(vector).certificateId);
  });
});

describe('the registration of a key pair', () => {
  const { good } = readVectors<
    unknown,
    { readonly key: string },
    { readonly signingInput: string; readonly request: { readonly sig: string } }
  >('key-registration');

  it.each(good)('by %s has the octets of the vectors', async (id, vector) => {
    const { http, client } = await connect();
    const { request: made, signingInput } = outputOf(vector);
    await client.credentials.addKey(vectorSigner(vector.input.key));
    const text = Buffer.from(http.posted[0]?.payload ?? '', 'base64url').toString();
    const sent = JSON.parse(text) as typeof made;
    expect(sent).toEqual({ ...made, sig: sent.sig });
    expect(sent.sig.slice(0, sent.sig.lastIndexOf('.'))).toBe(signingInput);
    if (id !== 'es256') expect(sent.sig).toBe(made.sig);
  });
});
