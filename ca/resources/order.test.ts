import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply, OrderObject } from '../testing/acme-client.ts';
import {
  codeOf,
  connectBound,
  makeRequest,
  placeOrder,
  readyOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let alex: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa({ ordersPerPage: 3 });
  alex = await connectBound(ca);
});

afterAll(async () => {
  alex.close();
  await ca.stop();
});

describe('an order', () => {
  it('becomes ready, then valid, and says so each time it is read', async () => {
    const { url, order: placed } = await placeOrder(alex);
    expect((await alex.order(url)).status).toBe('pending');
    const challenge = await alex.challenge(placed, 'totp-01');
    await alex.post(challenge.url, { otp: codeOf(ca) });
    ca.clock.advance(60);
    expect((await alex.order(url)).status).toBe('ready');
    const { csr } = await makeRequest();
    const reply = await alex.post(placed.finalize, { csr });
    expect([reply.status, reply.location, reply.body['status']]).toEqual([200, url, 'valid']);
    expect(await alex.order(url)).toEqual(reply.body);
  });

  it('belongs to one account, with all that belongs to it', async () => {
    const { url, certificateUrl, placed } = await issuedFor(alex);
    const challenge = await alex.challenge(placed, 'totp-01');
    const urls = [url, placed.authorizations[0], challenge.url, certificateUrl];
    const other = await connectBound(ca);
    for (const foreign of [...urls, `${certificateUrl}/alternate`]) {
      const reply = await other.get(foreign ?? '');
      expect([foreign, reply.status, reply.problem]).toEqual([foreign, 403, 'unauthorized']);
    }
    const { csr } = await makeRequest();
    for (const [foreign, payload] of [
      [placed.finalize, { csr }],
      [challenge.url, { otp: '123456' }],
      [placed.authorizations[0] ?? '', { status: 'deactivated' }],
    ] as const) {
      expect((await other.post(foreign, payload)).problem).toBe('unauthorized');
    }
    other.close();
  });

  it('is not to be had by a name that no object has', async () => {
    for (const path of ['order', 'authorization', 'challenge', 'certificate']) {
      const reply = await alex.get(`${ca.origin}/acme/${path}/${'A'.repeat(22)}`);
      expect([path, reply.status, reply.problem]).toEqual([path, 404, 'malformed']);
    }
  });

  it('becomes invalid when it expires, when an authorization does, and when one is deactivated', async () => {
    const expiring = await readyOrder(ca, alex);
    const deactivated = await readyOrder(ca, alex);
    const [authorization = ''] = deactivated.order.authorizations;
    const gone = await alex.post(authorization, { status: 'deactivated' });
    expect([gone.status, gone.body['status']]).toEqual([200, 'deactivated']);
    expect((await alex.order(deactivated.url)).status).toBe('invalid');
    expect((await alex.post(authorization, { status: 'deactivated' })).problem).toBe('malformed');
    expect((await alex.order(expiring.url)).status).toBe('ready');
    ca.clock.advance(24 * 3600);
    expect((await alex.order(expiring.url)).status).toBe('invalid');
    const expired = await alex.authorization(expiring.order.authorizations[0] ?? '');
    expect(expired.status).toBe('expired');
    const { csr } = await makeRequest();
    expect((await alex.post(expiring.order.finalize, { csr })).problem).toBe('orderNotReady');
  });

  async function issuedFor(client: AcmeClient) {
    const { url, order: placed } = await readyOrder(ca, client);
    const { csr } = await makeRequest();
    const { body } = await client.post(placed.finalize, { csr });
    return { url, placed, certificateUrl: (body as OrderObject).certificate ?? '' };
  }
});

describe("an account's list of orders", () => {
  it('comes in pages and leaves out what came to nothing', async () => {
    const client = await connectBound(ca);
    const urls: string[] = [];
    for (let count = 0; count < 7; count += 1) urls.push((await placeOrder(client)).url);
    const failed = await client.order(urls[2] ?? '');
    await client.post(failed.authorizations[0] ?? '', { status: 'deactivated' });
    const listed: string[] = [];
    let next: string | undefined = `${client.kid ?? ''}/orders`;
    let pages = 0;
    for (; next !== undefined; pages += 1) {
      const reply: AcmeReply = await client.get(next);
      expect(reply.status).toBe(200);
      listed.push(...(reply.body['orders'] as string[]));
      const links = [reply.headers['link'] ?? []].flat().join(',');
      next = /<([^>]+)>;rel="next"/.exec(links)?.[1];
    }
    expect(pages).toBe(3);
    expect(listed).toEqual(urls.filter((_, index) => index !== 2));
    const odd = await client.get(`${client.kid ?? ''}/orders?cursor=x`);
    expect([odd.status, odd.problem]).toEqual([400, 'malformed']);
    client.close();
  });
});
