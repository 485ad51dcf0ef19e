import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcmeClient, encode, newKeyPair } from './testing/acme-client.ts';
import type { AcmeReply } from './testing/acme-client.ts';
import { connectBound, startTestCa } from './testing/enrollment.ts';
import type { TestCa } from './testing/enrollment.ts';

describe('request authentication', () => {
  let ca: TestCa;
  let client: AcmeClient;
  let accountUrl: string;

  beforeAll(async () => {
    ca = await startTestCa();
    client = await connectBound(ca);
    accountUrl = client.kid ?? '';
  });

  afterAll(async () => {
    client.close();
    await ca.stop();
  });

  function expectProblem(reply: AcmeReply, status: number, problem: string): void {
    expect({ status: reply.status, problem: reply.problem }).toEqual({ status, problem });
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.headers['content-language']).toBe('en');
    expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{22}$/);
    expect(reply.headers['link']).toContain(`<${ca.directoryUrl}>;rel="index"`);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.body['detail']).toBeTypeOf('string');
  }

  it('accepts a good request', async () => {
    const reply = await client.get(accountUrl);
    expect(reply.status).toBe(200);
    expect(reply.headers['link']).toContain(`<${ca.directoryUrl}>;rel="index"`);
    expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{22}$/);
  });

  it.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS256', 'PS256'])(
    'knows the algorithm %s',
    async (algorithm) => {
      const other = await AcmeClient.connect(ca, algorithm);
      const reply = await other.register(ca.people.invite({ for: { service: algorithm } }));
      expect(reply.status).toBe(201);
      expect((await other.get(other.kid ?? '')).status).toBe(200);
      other.close();
    },
  );

  it('refuses any content type but application/jose+json', async () => {
    const reply = await client.post(accountUrl, '', { contentType: 'application/json' });
    expectProblem(reply, 415, 'malformed');
  });

  it('takes parameters of the content type', async () => {
    const contentType = 'Application/JOSE+JSON; charset=utf-8';
    expect((await client.post(accountUrl, '', { contentType })).status).toBe(200);
  });

  it.each([
    ['a GET', 'GET'],
    ['a HEAD', 'HEAD'],
    ['a PUT', 'PUT'],
    ['a DELETE', 'DELETE'],
  ])('refuses %s where a POST belongs', async (_name, method) => {
    const { status, headers } = await client.https.send(accountUrl, { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('POST');
  });

  it('refuses a body that is too long', async () => {
    expectProblem(await client.send(accountUrl, ' '.repeat(200_000)), 413, 'malformed');
    expect((await client.get(accountUrl)).status).toBe(200);
    // Beyond all reason the connection ends, and the refusal may be lost with it.
    const endless = client.send(accountUrl, ' '.repeat(20_000_000));
    expect(await endless.then(({ status }) => status).catch(() => 'gone')).toBeOneOf([413, 'gone']);
    expect((await client.get(accountUrl)).status).toBe(200);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['no UTF-8', '{"protected":"\xff"}'],
    ['no members', '{}'],
    ['a number for the payload', '{"protected":"e30","payload":1,"signature":"AA"}'],
    ['a compact JWS', '"e30.e30.AA"'],
    ['padding', '{"protected":"e30=","payload":"","signature":"AA"}'],
    ['standard base64', '{"protected":"e30","payload":"+/+/","signature":"AA"}'],
    ['stray bits', '{"protected":"e31","payload":"","signature":"AA"}'],
    ['a header that is no JSON', '{"protected":"AAAA","payload":"","signature":"AA"}'],
    ['a header that is a list', '{"protected":"W10","payload":"","signature":"AA"}'],
  ])('refuses a body with %s', async (_name, body) => {
    expectProblem(await client.send(accountUrl, body), 400, 'malformed');
  });

  it('refuses an unprotected header', async () => {
    const tamper = (jws: object): object => ({ ...jws, header: { kid: 'x' } });
    expectProblem(await client.post(accountUrl, '', { tamper }), 400, 'malformed');
  });

  it('refuses the general serialization and more than one signature', async () => {
    const tamper = (jws: { payload: string }): object => ({
      payload: jws.payload,
      signatures: [jws, jws],
    });
    expectProblem(await client.post(accountUrl, '', { tamper }), 400, 'malformed');
  });

  it('refuses a detached payload', async () => {
    const tamper = (jws: object): object => ({ ...jws, payload: undefined });
    expectProblem(await client.post(accountUrl, '', { tamper }), 400, 'malformed');
  });

  it('refuses the unencoded payload option and every critical extension', async () => {
    for (const header of [{ b64: false }, { crit: ['exp'] }, { x5u: 'https://a.test/' }]) {
      const tamper = (jws: { protected?: string }): object => {
        const known = JSON.parse(
          Buffer.from(jws.protected ?? '', 'base64url').toString(),
        ) as object;
        return { ...jws, protected: encode({ ...known, ...header }) };
      };
      const reply = await client.post(accountUrl, '', { tamper });
      expectProblem(reply, 400, 'malformed');
      expect(reply.body['detail']).toContain('may not have');
    }
  });

  it.each([['none'], ['HS256'], ['ES256K'], ['dir'], [''], [undefined]])(
    'refuses the algorithm %s and names those it takes',
    async (alg) => {
      const header = encode({ alg, kid: accountUrl, nonce: await client.nonce(), url: accountUrl });
      const mac = createHmac('sha256', JSON.stringify(client.keys.jwk)).update(`${header}.`);
      const signature = alg === 'HS256' ? mac.digest('base64url') : '';
      const body = JSON.stringify({ protected: header, payload: '', signature });
      const reply = await client.send(accountUrl, body);
      expectProblem(reply, 400, 'badSignatureAlgorithm');
      expect(reply.body['algorithms']).toContain('ES256');
      expect(reply.body['algorithms']).not.toContain('none');
    },
  );

  it('refuses an algorithm that does not fit the account key', async () => {
    const keys = await newKeyPair('RS256');
    const signing = { header: { alg: 'RS256' }, key: keys.privateKey };
    const reply = await client.post(accountUrl, '', signing);
    expectProblem(reply, 400, 'badSignatureAlgorithm');
    expect(reply.body['algorithms']).toEqual(['ES256']);
  });

  it('refuses a request with both jwk and kid, or neither', async () => {
    const both = { header: { jwk: client.keys.jwk } };
    expectProblem(await client.post(accountUrl, '', both), 400, 'malformed');
    const neither = { header: { kid: undefined } };
    expectProblem(await client.post(accountUrl, '', neither), 400, 'malformed');
  });

  it('refuses a jwk where an account belongs, and an account where a jwk belongs', async () => {
    const header = { kid: undefined, jwk: client.keys.jwk };
    expectProblem(await client.post(accountUrl, '', { header }), 400, 'malformed');
    const reply = await client.post(client.directory.newAccount, { termsOfServiceAgreed: true });
    expectProblem(reply, 400, 'malformed');
  });

  it.each([
    ['the URL of another resource', (url: string) => `${url}/orders`],
    ['a spelling of its own', (url: string) => url.replace('localhost', 'LOCALHOST')],
    ['another path encoding', (url: string) => url.replace('account', '%61ccount')],
    ['nothing', () => undefined],
    ['a list', (url: string) => [url]],
  ])('refuses a url header with %s', async (_name, change) => {
    const header = { url: change(accountUrl) };
    expectProblem(await client.post(accountUrl, '', { header }), 403, 'unauthorized');
  });

  it('refuses a query that was not signed', async () => {
    const signed = await client.post(accountUrl, '', { header: { url: `${accountUrl}?a=b` } });
    expectProblem(signed, 403, 'unauthorized');
  });

  it('refuses an account that does not exist', async () => {
    for (const kid of [accountUrl.slice(0, -22) + 'A'.repeat(22), 'https://a.test/', '', 5]) {
      expectProblem(
        await client.post(accountUrl, '', { header: { kid } }),
        400,
        'accountDoesNotExist',
      );
    }
  });

  it('refuses a signature by another key', async () => {
    const { privateKey } = await newKeyPair();
    expectProblem(await client.post(accountUrl, '', { key: privateKey }), 400, 'malformed');
  });

  it('refuses a payload that was exchanged', async () => {
    const tamper = (jws: object): object => ({
      ...jws,
      payload: encode({ status: 'deactivated' }),
    });
    expectProblem(await client.post(accountUrl, '', { tamper }), 400, 'malformed');
    expect((await client.get(accountUrl)).body['status']).toBe('valid');
  });

  it('refuses a payload where a resource can only be read', async () => {
    expectProblem(await client.post(`${accountUrl}/orders`, {}), 400, 'malformed');
    expectProblem(await client.post(client.directory.newOrder, ''), 400, 'malformed');
  });

  it('reads directory and newNonce by POST-as-GET too', async () => {
    expect((await client.get(ca.directoryUrl)).body).toHaveProperty('meta');
    const reply = await client.get(client.directory.newNonce);
    expect(reply.status).toBe(204);
    expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{22}$/);
  });
});

describe('replay protection', () => {
  let ca: TestCa;
  let client: AcmeClient;
  let accountUrl: string;

  beforeAll(async () => {
    ca = await startTestCa();
    client = await connectBound(ca);
    accountUrl = client.kid ?? '';
  });

  afterAll(async () => {
    client.close();
    await ca.stop();
  });

  it('answers HEAD with 200 and GET with 204, each with a fresh nonce, never cached', async () => {
    const url = client.directory.newNonce;
    const head = await client.https.send(url, { method: 'HEAD' });
    const get = await client.https.send(url);
    expect([head.status, get.status]).toEqual([200, 204]);
    expect(head.headers['replay-nonce']).not.toBe(get.headers['replay-nonce']);
    for (const { headers } of [head, get]) expect(headers['cache-control']).toBe('no-store');
    expect(get.bytes).toHaveLength(0);
  });

  it('keeps the connection through HEAD and GET of newNonce', async () => {
    const other = await AcmeClient.connect(ca);
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
      await other.https.send(client.directory.newNonce, { method });
    }
    expect(other.https.connections()).toBe(1);
    other.close();
  });

  it('accepts a nonce once, and offers the next in the refusal', async () => {
    const nonce = await client.nonce();
    expect((await client.post(accountUrl, '', { header: { nonce } })).status).toBe(200);
    const again = await client.post(accountUrl, '', { header: { nonce } });
    expect(again.problem).toBe('badNonce');
    expect(again.status).toBe(400);
    const fresh = again.headers['replay-nonce'];
    expect((await client.post(accountUrl, '', { header: { nonce: fresh } })).status).toBe(200);
  });

  it('uses a nonce up even when the request is refused', async () => {
    const nonce = await client.nonce();
    const { privateKey } = await newKeyPair();
    const wrong = await client.post(accountUrl, '', { header: { nonce }, key: privateKey });
    expect(wrong.problem).toBe('malformed');
    const right = await client.post(accountUrl, '', { header: { nonce } });
    expect(right.problem).toBe('badNonce');
  });

  it.each([
    ['was never issued', 'A'.repeat(22), 'badNonce'],
    ['is missing', undefined, 'badNonce'],
    ['is empty', '', 'malformed'],
    ['is no base64url', 'a+b/', 'malformed'],
    ['has padding', 'QQ==', 'malformed'],
    ['is a number', 1, 'malformed'],
  ])('refuses a nonce that %s', async (_name, nonce, problem) => {
    const reply = await client.post(accountUrl, '', { header: { nonce } });
    expect(reply.status).toBe(400);
    expect(reply.problem).toBe(problem);
  });

  it('does not act on a request whose nonce is bad', async () => {
    const nonce = 'A'.repeat(22);
    await client.post(accountUrl, { status: 'deactivated' }, { header: { nonce } });
    expect((await client.get(accountUrl)).body['status']).toBe('valid');
  });

  it('gives out no nonce twice', async () => {
    const nonces = new Set<string>();
    for (let index = 0; index < 50; index += 1) nonces.add(await client.nonce());
    expect(nonces.size).toBe(50);
  });
});
