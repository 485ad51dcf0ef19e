import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, AuthorizationObject } from '../testing/acme-client.ts';
import {
  alexIdentifier,
  connectBound,
  connectService,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  ca = await startTestCa({ newOrdersPerHour: 2 });
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const order = (): Promise<AcmeReply> =>
  client.post(client.directory.newOrder, { identifiers: [alexIdentifier] });

describe('the limit on new orders', () => {
  it('says when there is room again, and where a person can read about it', async () => {
    await order();
    ca.clock.advance(600);
    await order();
    ca.clock.advance(600);
    const refused = await order();
    expect([refused.status, refused.problem]).toEqual([429, 'rateLimited']);
    expect(refused.headers['retry-after']).toBe('2400');
    const [, help = ''] = /<([^>]+)>;rel="help"/.exec(String(refused.headers['link'])) ?? [];
    const page = await client.https.send(help);
    expect([page.status, page.bytes.toString()]).toEqual([
      200,
      expect.stringContaining('2 new orders in an hour'),
    ]);
    ca.clock.advance(2399);
    expect((await order()).status).toBe(429);
    ca.clock.advance(1);
    expect((await order()).status).toBe(201);
    expect((await order()).headers['retry-after']).toBe('600');
  });

  it('is each account\u2019s own, and does not count what was refused', async () => {
    const other = await connectBound(ca);
    await client.post(client.directory.newOrder, { identifiers: [] });
    await order();
    await order();
    expect((await order()).status).toBe(429);
    expect((await placeOrder(other)).order.status).toBe('pending');
    other.close();
  });
});

describe('the limit on open orders', () => {
  it('leaves room for another when an authorization is deactivated', async () => {
    await ca.stop();
    ca = await startTestCa();
    client.close();
    client = await connectBound(ca);
    const placed = [];
    for (let count = 0; count < 100; count += 1) placed.push(await placeOrder(client));
    expect((await order()).problem).toBe('rateLimited');
    const [authorization = ''] = placed[50]?.order.authorizations ?? [];
    await client.post(authorization, { status: 'deactivated' });
    expect((await order()).status).toBe(201);
    expect((await order()).problem).toBe('rateLimited');
  });
});

describe('the limit on open pre-authorizations', () => {
  const preauthorize = (name: string): Promise<AcmeReply> =>
    client.post(client.directory.newAuthz, { identifier: { type: 'dns', value: name } });

  beforeEach(async () => {
    client.close();
    client = await connectService(ca);
    for (let count = 0; count < 99; count += 1) {
      expect((await preauthorize(`a${count}.test`)).status).toBe(201);
    }
  });

  it('is for each account, and says when to come back and where to read about it', async () => {
    expect((await preauthorize('last.test')).status).toBe(201);
    const refused = await preauthorize('more.test');
    expect([refused.status, refused.problem]).toEqual([429, 'rateLimited']);
    expect(refused.headers['retry-after']).toBe('60');
    const [, help = ''] = /<([^>]+)>;rel="help"/.exec(String(refused.headers['link'])) ?? [];
    const page = (await client.https.send(help)).bytes.toString();
    expect(page).toContain('100 pre-authorizations open');
    const other = await connectService(ca);
    const identifier = { type: 'dns', value: 'other.test' };
    expect((await other.post(other.directory.newAuthz, { identifier })).status).toBe(201);
    other.close();
    ca.clock.advance(24 * 3600);
    expect((await preauthorize('more.test')).status).toBe(201);
  });

  it('has room again when one is given up or has failed', async () => {
    const given = await preauthorize('given.test');
    expect((await preauthorize('more.test')).status).toBe(429);
    await client.post(given.location ?? '', { status: 'deactivated' });
    const failing = await preauthorize('failing.test');
    expect(failing.status).toBe(201);
    ca.faults.arm({ kind: 'invalidWithSubproblems' });
    const [challenge] = (failing.body as AuthorizationObject).challenges;
    await client.post(challenge?.url ?? '', {});
    expect((await preauthorize('more.test')).status).toBe(201);
    expect((await preauthorize('yet-more.test')).status).toBe(429);
  });
});

describe('the links of an answer', () => {
  it('lead to the directory from everywhere but the directory', async () => {
    const placed = await placeOrder(client);
    const [authorization = ''] = placed.order.authorizations;
    const challenge = await client.challenge(placed.order, 'totp-01');
    const urls = [
      client.kid,
      `${client.kid ?? ''}/orders`,
      placed.url,
      authorization,
      challenge.url,
    ];
    const index = `<${ca.directoryUrl}>;rel="index"`;
    for (const url of urls) {
      expect((await client.get(url ?? '')).headers['link']).toContain(index);
    }
    for (const url of [client.directory.newNonce, `${ca.origin}/acme/nothing`, ca.crlUrl]) {
      expect((await client.https.send(url)).headers['link']).toContain(index);
    }
    expect((await client.post(client.directory.newOrder, {})).headers['link']).toContain(index);
    expect((await client.https.send(ca.directoryUrl)).headers).not.toHaveProperty('link');
  });

  it('lead from a challenge up to its authorization', async () => {
    const placed = await placeOrder(client);
    const challenge = await client.challenge(placed.order, 'totp-01');
    const up = `<${placed.order.authorizations[0] ?? ''}>;rel="up"`;
    expect((await client.get(challenge.url)).headers['link']).toContain(up);
  });
});
