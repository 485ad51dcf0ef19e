import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, OrderObject } from './testing/acme-client.ts';
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
const orders = async (): Promise<number> =>
  ((await client.get(`${client.kid ?? ''}/orders`)).body['orders'] as string[]).length;

describe('a fault of the server', () => {
  it('httpStatus can come after the server has acted', async () => {
    const retryAfter = { seconds: 5, form: 'seconds' } as const;
    const aim = { resource: 'newOrder', when: 'after', retryAfter } as const;
    ca.faults.arm({ kind: 'httpStatus', status: 502, ...aim });
    const reply = await order();
    expect([reply.status, reply.headers['retry-after'], reply.location]).toEqual([
      502,
      '5',
      undefined,
    ]);
    expect(await orders()).toBe(1);
    expect((await order()).status).toBe(201);
  });

  it('unknownStatus changes the status of an object, and only that', async () => {
    const placed = await placeOrder(client);
    ca.faults.arm({ kind: 'unknownStatus' });
    expect(await client.order(placed.url)).toEqual({ ...placed.order, status: 'suspended' });
    ca.faults.arm({ kind: 'unknownStatus', status: 'dormant', resource: 'account' });
    expect((await account()).body['status']).toBe('dormant');
    expect((await account()).body['status']).toBe('valid');
  });

  it('unknownStatus waits for an object that has a status', async () => {
    const handle = ca.faults.arm({ kind: 'unknownStatus' });
    await client.https.send(ca.directoryUrl);
    expect(handle.remaining()).toBe(1);
  });

  it('shuffledChallenges turns the challenges of an authorization around', async () => {
    const service = await connectService(ca);
    const identifiers = [{ type: 'dns', value: 'a.test' }];
    const [url = ''] = (await placeOrder(service, { identifiers })).order.authorizations;
    const { challenges } = await service.authorization(url);
    ca.faults.arm({ kind: 'shuffledChallenges' });
    expect((await service.authorization(url)).challenges).toEqual(challenges.toReversed());
    service.close();
  });

  it('missingRetryAfter and malformedNonce spoil one header each', async () => {
    ca.faults.arm({ kind: 'rateLimited' });
    ca.faults.arm({ kind: 'missingRetryAfter' });
    const reply = await order();
    expect([reply.status, reply.headers['retry-after']]).toEqual([429, undefined]);
    ca.faults.arm({ kind: 'malformedNonce' });
    expect((await account()).headers['replay-nonce']).toBe('not+it/=');
  });

  it('orderInvalid ends a finalized order with a subproblem for each identifier', async () => {
    const { url, order: ready } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'orderInvalid' });
    const { csr } = await makeRequest();
    const reply = await client.post(ready.finalize, { csr });
    const expected = {
      status: 'invalid',
      error: { subproblems: [{ identifier: alexIdentifier }] },
    };
    expect(reply.body).toMatchObject(expected);
    expect(await client.order(url)).toMatchObject(expected);
    expect(reply.body).not.toHaveProperty('certificate');
  });
});

describe('the fault that something expires', () => {
  it('ends an order when it is looked at or finalized', async () => {
    const looked = await placeOrder(client);
    ca.faults.arm({ kind: 'expired', resource: 'order' });
    expect((await client.order(looked.url)).status).toBe('invalid');
    expect((await client.order(looked.url)).status).toBe('invalid');
    const { order: ready } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'expired', resource: 'finalize' });
    const { csr } = await makeRequest();
    expect((await client.post(ready.finalize, { csr })).problem).toBe('orderNotReady');
  });

  it('ends an authorization, and with it the order, when it or its challenge is asked for', async () => {
    const first = await placeOrder(client);
    ca.faults.arm({ kind: 'expired', resource: 'authorization' });
    const [url = ''] = first.order.authorizations;
    expect((await client.authorization(url)).status).toBe('expired');
    expect((await client.order(first.url)).status).toBe('invalid');
    const second = await placeOrder(client);
    const challenge = await client.challenge(second.order, 'totp-01');
    ca.faults.arm({ kind: 'expired', resource: 'challenge' });
    const reply = await client.post(challenge.url, { otp: codeOf(ca) });
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
    expect((await client.order(second.url)).status).toBe('invalid');
  });
});

describe('the fault of a clock that is wrong', () => {
  it.each([3600, -3600])('moves all that the server says by %i seconds', async (seconds) => {
    const handle = ca.faults.arm({ kind: 'clockSkew', seconds });
    const now = ca.clock().getTime() + seconds * 1000;
    expect(Date.parse((await account()).headers.date ?? '')).toBe(now);
    await handle.reached;
    const placed = await placeOrder(client);
    const expires = String((placed.order as unknown as Record<string, unknown>)['expires']);
    expect(Date.parse(expires)).toBe(now + 24 * 3_600_000);
    // The code is right by the right time.
    const { url } = await client.challenge(placed.order, 'totp-01');
    expect((await client.post(url, { otp: codeOf(ca) })).body['status']).toBe('valid');
    const { csr } = await makeRequest();
    const done = (await client.post(placed.order.finalize, { csr })).body as OrderObject;
    const leaf = new X509Certificate((await client.get(done.certificate ?? '')).bytes);
    expect(leaf.validFromDate.getTime()).toBe(now - 5 * 60_000);
    handle.release();
    expect(Date.parse((await account()).headers.date ?? '')).toBe(ca.clock().getTime());
  });
});

describe('a fault of the connection', () => {
  it('stalledBody sends half, and ends the connection when it is released', async () => {
    const handle = ca.faults.arm({ kind: 'stalledBody', resource: 'newOrder' });
    let settled = false;
    const refused = order().then(
      () => 'answered',
      () => 'broken',
    );
    void refused.finally(() => (settled = true));
    await handle.reached;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(settled).toBe(false);
    handle.release();
    expect(await refused).toBe('broken');
    expect(await orders()).toBe(1);
  });

  it.each(['hold', 'stalledBody'] as const)('%s ends when the client goes away', async (kind) => {
    const handle = ca.faults.arm({ kind, resource: 'directory' });
    const outgoing = request(ca.directoryUrl, { ca: ca.rootPem, agent: false }).end();
    outgoing.on('error', () => undefined);
    await handle.reached;
    outgoing.destroy();
    await expect.poll(() => ca.requestLog.count({ resource: 'directory', method: 'GET' })).toBe(2);
  });

  it('oversizedBody bears clients that hang up, again and again, without a warning', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error): void => void warnings.push(warning);
    process.on('warning', keep);
    ca.faults.arm({ kind: 'oversizedBody', resource: 'directory', times: 20 });
    for (let count = 0; count < 20; count += 1) await hangUpAfter(500_000);
    ca.faults.arm({ kind: 'oversizedBody', bytes: 30_000_000, resource: 'account' });
    expect((await account()).bytes.length).toBeGreaterThan(30_000_000);
    process.off('warning', keep);
    expect(warnings).toEqual([]);
  });

  function hangUpAfter(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(ca.directoryUrl, { ca: ca.rootPem, agent: false }, (response) => {
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > bytes) outgoing.destroy();
        });
        response.on('error', () => undefined);
        response.once('close', resolve);
      });
      outgoing.on('error', () => undefined).end();
    });
  }
});
