import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, OrderObject } from './testing/acme-client.ts';
import { newKeyPair } from './testing/acme-client.ts';
import {
  alexIdentifier,
  codeOf,
  connectBound,
  connectService,
  makeRequest,
  placeOrder,
  readyOrder,
  startTestCa,
} from './testing/enrollment.ts';
import type { TestCa } from './testing/enrollment.ts';

let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const order = (): Promise<AcmeReply> =>
  client.post(client.directory.newOrder, { identifiers: [alexIdentifier] });
const account = (): Promise<AcmeReply> => client.get(client.kid ?? '');

async function openChallenge(): Promise<string> {
  const placed = await placeOrder(client);
  return (await client.challenge(placed.order, 'totp-01')).url;
}

describe('an armed fault', () => {
  it('strikes so many times, where it was aimed, and not before or after', async () => {
    const handle = ca.faults.arm({ kind: 'badNonce', resource: 'newOrder', times: 2 });
    expect((await account()).status).toBe(200);
    expect(handle.remaining()).toBe(2);
    expect((await order()).problem).toBe('badNonce');
    await handle.reached;
    expect((await order()).problem).toBe('badNonce');
    expect((await order()).status).toBe(201);
    expect(handle.remaining()).toBe(0);
  });

  it('strikes one object only, when aimed at its URL', async () => {
    const [first, second] = [await placeOrder(client), await placeOrder(client)];
    ca.faults.arm({ kind: 'httpStatus', status: 503, url: second.url });
    expect((await client.get(first.url)).status).toBe(200);
    expect((await client.get(second.url)).status).toBe(503);
  });

  it('is gone when released or cleared', async () => {
    ca.faults.arm({ kind: 'rateLimited', times: 9 }).release();
    expect((await order()).status).toBe(201);
    ca.faults.arm({ kind: 'rateLimited', times: 9 });
    ca.faults.clear();
    expect((await order()).status).toBe(201);
  });

  it('does not stop the good nonce in its refusal from being accepted', async () => {
    ca.faults.arm({ kind: 'badNonce' });
    const refused = await account();
    const header = { nonce: refused.headers['replay-nonce'] };
    expect((await client.post(client.kid ?? '', '', { header })).status).toBe(200);
  });
});

describe('faults of the protocol', () => {
  it('retryAfter says when to come back, in seconds or as a date', async () => {
    const seconds = { seconds: 7, form: 'seconds' } as const;
    ca.faults.arm({ kind: 'retryAfter', retryAfter: seconds, resource: 'account' });
    expect((await account()).headers['retry-after']).toBe('7');
    ca.faults.arm({ kind: 'retryAfter', retryAfter: { ...seconds, form: 'date' } });
    const date = Date.parse((await account()).headers['retry-after'] ?? '');
    expect(date).toBe(ca.clock().getTime() + 7000);
  });

  it('shuffledOrder turns the arrays of an order around', async () => {
    const service = await connectService(ca);
    const identifiers = ['a.test', 'b.test'].map((value) => ({ type: 'dns', value }));
    const placed = await placeOrder(service, { identifiers });
    ca.faults.arm({ kind: 'shuffledOrder' });
    const shuffled = await service.order(placed.url);
    expect(shuffled.identifiers).toEqual(identifiers.toReversed());
    expect(shuffled.authorizations).toEqual(placed.order.authorizations.toReversed());
    expect(await service.order(placed.url)).toEqual(placed.order);
    service.close();
  });

  it('extraAuthorization adds one that is valid already', async () => {
    ca.faults.arm({ kind: 'extraAuthorization' });
    const { order: placed } = await placeOrder(client);
    expect([placed.identifiers.length, placed.authorizations.length]).toEqual([1, 2]);
    const extra = await client.authorization(placed.authorizations[1] ?? '');
    expect(extra).toMatchObject({ status: 'valid', challenges: [] });
    const { url } = await client.challenge(placed, 'totp-01');
    await client.post(url, { otp: codeOf(ca) });
    ca.clock.advance(60);
    const { csr } = await makeRequest();
    expect((await client.post(placed.finalize, { csr })).body['status']).toBe('valid');
  });

  it('validAuthorization leaves nothing to be proven', async () => {
    ca.faults.arm({ kind: 'validAuthorization' });
    expect((await placeOrder(client)).order.status).toBe('ready');
  });

  it('challengeProcessing keeps the outcome back for so many polls', async () => {
    const placed = await placeOrder(client);
    const challenge = await client.challenge(placed.order, 'totp-01');
    ca.faults.arm({ kind: 'challengeProcessing', polls: 2 });
    const reply = await client.post(challenge.url, { otp: codeOf(ca) });
    expect(reply.body['status']).toBe('processing');
    const statuses: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const polled = await client.get(placed.order.authorizations[0] ?? '');
      statuses.push([polled.body['status'], polled.headers['retry-after']]);
    }
    expect(statuses).toEqual([
      ['pending', '1'],
      ['pending', '1'],
      ['valid', undefined],
    ]);
    expect((await client.order(placed.url)).status).toBe('ready');
  });

  it('orderProcessing keeps the certificate back for so many polls', async () => {
    const { url, order: ready } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'orderProcessing', polls: 2 });
    const { csr } = await makeRequest();
    const reply = await client.post(ready.finalize, { csr });
    expect([reply.body['status'], reply.headers['retry-after']]).toEqual(['processing', '1']);
    expect((await client.post(ready.finalize, { csr })).problem).toBe('orderNotReady');
    const statuses: unknown[] = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await client.order(url)).status);
    expect(statuses).toEqual(['processing', 'processing', 'valid']);
  });

  it('retryableRefusal leaves the challenge pending, in either style', async () => {
    const url = await openChallenge();
    ca.faults.arm({ kind: 'retryableRefusal', style: 'forbidden' });
    const forbidden = await client.post(url, { otp: codeOf(ca) });
    expect([forbidden.status, forbidden.problem]).toEqual([403, 'incorrectResponse']);
    expect((await client.get(url)).body).not.toHaveProperty('error');
    ca.faults.arm({ kind: 'retryableRefusal', style: 'ok' });
    const ok = await client.post(url, { otp: codeOf(ca) });
    expect(ok.status).toBe(200);
    expect(ok.body).toMatchObject({
      status: 'pending',
      error: { type: 'urn:ietf:params:acme:error:incorrectResponse' },
    });
    const done = await client.post(url, { otp: codeOf(ca) });
    expect([done.body['status'], done.body['error']]).toEqual(['valid', undefined]);
  });

  it('invalidWithSubproblems ends the challenge, with the reasons one by one', async () => {
    const url = await openChallenge();
    ca.faults.arm({ kind: 'invalidWithSubproblems' });
    const { body } = await client.post(url, { otp: codeOf(ca) });
    expect(body).toMatchObject({ status: 'invalid', error: { subproblems: [{}, {}] } });
  });

  it('refuses an order as rateLimited, invalidProfile or alreadyReplaced', async () => {
    ca.faults.arm({ kind: 'rateLimited', retryAfter: { seconds: 9, form: 'seconds' } });
    const limited = await order();
    expect([limited.status, limited.problem]).toEqual([429, 'rateLimited']);
    expect(limited.headers['retry-after']).toBe('9');
    expect(limited.headers['link']).toContain('rel="help"');
    ca.faults.arm({ kind: 'invalidProfile' });
    expect((await order()).problem).toBe('invalidProfile');
    ca.faults.arm({ kind: 'alreadyReplaced' });
    const replaced = await order();
    expect([replaced.status, replaced.problem]).toEqual([409, 'alreadyReplaced']);
  });

  it('takes newAuthz away, or refuses it', async () => {
    ca.faults.arm({ kind: 'noNewAuthz' });
    expect((await client.get(ca.directoryUrl)).body).not.toHaveProperty('newAuthz');
    ca.faults.arm({ kind: 'newAuthzForbidden' });
    const reply = await client.post(client.directory.newAuthz, { identifier: alexIdentifier });
    expect([reply.status, reply.problem]).toEqual([403, 'rejectedIdentifier']);
  });

  it('wrongSubjectPublicKey certifies the key of a stranger', async () => {
    const { order: ready } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'wrongSubjectPublicKey' });
    const { csr, keys } = await makeRequest();
    const done = (await client.post(ready.finalize, { csr })).body as OrderObject;
    const leaf = new X509Certificate((await client.get(done.certificate ?? '')).bytes);
    const { subtle } = globalThis.crypto;
    const requested = Buffer.from(await subtle.exportKey('spki', keys.publicKey));
    expect(leaf.publicKey.export({ format: 'der', type: 'spki' }).equals(requested)).toBe(false);
    expect(leaf.checkIssued(new X509Certificate(ca.issuerPem))).toBe(true);
  });

  it('rolloverConflict answers 409 and changes no key', async () => {
    const fresh = await newKeyPair();
    const url = client.directory.keyChange;
    let signed: object = {};
    const { kid, keys } = client;
    Object.assign(client, { keys: fresh, kid: undefined });
    const capture = { header: { nonce: undefined }, tamper: (jws: object) => (signed = jws) };
    await client.post(url, { account: kid, oldKey: keys.jwk }, capture);
    Object.assign(client, { keys, kid });
    ca.faults.arm({ kind: 'rolloverConflict' });
    const reply = await client.post(url, signed);
    expect([reply.status, reply.location]).toEqual([409, kid]);
    expect((await account()).status).toBe(200);
  });

  it('userActionRequired names the new terms and where to agree to them', async () => {
    ca.faults.arm({ kind: 'userActionRequired' });
    const reply = await order();
    expect([reply.status, reply.problem]).toEqual([403, 'userActionRequired']);
    expect(reply.headers['link']).toMatch(/terms\?version=2>;rel="terms-of-service"/);
    const page = await client.https.send(String(reply.body['instance']));
    expect(page.status).toBe(200);
  });

  it('makes challenges odd: unknown types, a proof for domains beside codes, literal, spaced and shared tokens', async () => {
    ca.faults.arm({ kind: 'unknownChallenges' });
    const unknown = await placeOrder(client);
    const { challenges } = await client.authorization(unknown.order.authorizations[0] ?? '');
    expect(challenges.map(({ type }) => type)).toEqual([
      'unheard-of-01',
      'totp-01',
      'unheard-of-02',
    ]);
    expect((await client.post(challenges[0]?.url ?? '', {})).problem).toBe('malformed');
    const typesOf = async () => {
      const [url = ''] = (await placeOrder(client)).order.authorizations;
      return (await client.authorization(url)).challenges.map(({ type }) => type);
    };
    ca.faults.arm({ kind: 'unknownChallenges', alone: true });
    expect(await typesOf()).toEqual(['unheard-of-01', 'unheard-of-02']);
    ca.faults.arm({ kind: 'besideDomainProof' });
    expect(await typesOf()).toEqual(['totp-01', 'dns-01']);
    expect(await typesOf()).toEqual(['totp-01']);
    ca.faults.arm({ kind: 'literalTotp' });
    const literal = await client.challenge((await placeOrder(client)).order, 'totp-01');
    expect(literal.token).toMatch(/^\d{6}$/);
    ca.faults.arm({ kind: 'tokenWithSpaces' });
    const spaced = await client.challenge((await placeOrder(client)).order, 'totp-01');
    expect(spaced.token).toContain(' ');
    ca.faults.arm({ kind: 'sharedToken' });
    const service = await connectService(ca);
    const identifiers = [{ type: 'dns', value: 'a.test' }];
    const shared = await placeOrder(service, { identifiers });
    const offered = (await service.authorization(shared.order.authorizations[0] ?? '')).challenges;
    const tokens = offered.filter((one) => 'token' in one).map(({ token }) => token);
    expect([tokens.length, new Set(tokens).size]).toEqual([4, 1]);
    service.close();
  });
});

describe('faults of the connection', () => {
  const orders = async (): Promise<number> =>
    ((await client.get(`${client.kid ?? ''}/orders`)).body['orders'] as string[]).length;

  it('hold acts, and answers when it is released', async () => {
    const handle = ca.faults.arm({ kind: 'hold', resource: 'newOrder' });
    let answered = false;
    const nonce = await client.nonce();
    const reply = client
      .post(client.directory.newOrder, { identifiers: [alexIdentifier] }, { header: { nonce } })
      .finally(() => (answered = true));
    await handle.reached;
    expect(await orders()).toBe(1);
    expect(answered).toBe(false);
    handle.release();
    expect((await reply).status).toBe(201);
  });

  it('drops the connection before acting, or after', async () => {
    ca.faults.arm({ kind: 'dropBeforeActing', resource: 'newOrder' });
    await expect(order()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await orders()).toBe(0);
    ca.faults.arm({ kind: 'dropAfterActing', resource: 'newOrder' });
    await expect(order()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await orders()).toBe(1);
  });

  it.each([500, 502, 503] as const)('answers %i without acting', async (status) => {
    ca.faults.arm({ kind: 'httpStatus', status, resource: 'newOrder' });
    const reply = await order();
    expect([reply.status, reply.headers['retry-after']]).toEqual([status, undefined]);
    expect(reply.headers['content-type']).toBe('text/html');
    expect(await orders()).toBe(0);
    const retryAfter = { seconds: 3, form: 'seconds' } as const;
    ca.faults.arm({ kind: 'httpStatus', status, retryAfter });
    expect((await order()).headers['retry-after']).toBe('3');
  });

  it('truncates a body', async () => {
    ca.faults.arm({ kind: 'truncatedBody', resource: 'newOrder' });
    await expect(order()).rejects.toThrow();
    expect(await orders()).toBe(1);
  });

  it('sends a body that is too large', async () => {
    ca.faults.arm({ kind: 'oversizedBody', bytes: 3_000_000 });
    expect((await account()).bytes.length).toBeGreaterThan(3_000_000);
  });

  it('sends the wrong content type, no Location, no nonce', async () => {
    ca.faults.arm({ kind: 'wrongContentType', resource: 'account' });
    expect((await account()).headers['content-type']).toBe('text/html');
    ca.faults.arm({ kind: 'missingLocation' });
    const reply = await order();
    expect([reply.status, reply.location]).toEqual([201, undefined]);
    ca.faults.arm({ kind: 'missingNonce' });
    expect((await account()).headers).not.toHaveProperty('replay-nonce');
  });
});

describe('the request log', () => {
  it('counts requests by method and resource', async () => {
    ca.requestLog.clear();
    await order();
    await account();
    await account();
    expect(ca.requestLog.count()).toBe(3);
    expect(ca.requestLog.count({ resource: 'account' })).toBe(2);
    expect(ca.requestLog.count({ method: 'GET' })).toBe(0);
    expect(ca.requestLog.entries()[0]).toMatchObject({
      method: 'POST',
      resource: 'newOrder',
      path: '/acme/new-order',
      status: 201,
    });
  });
});
