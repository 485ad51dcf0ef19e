import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply } from '../testing/acme-client.ts';
import { alexIdentifier, connectBound, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let directory: string;
let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ca-terms-'));
  ca = await startTestCa({ state: { directory } });
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
  rmSync(directory, { recursive: true });
});

const order = (): Promise<AcmeReply> =>
  client.post(client.directory.newOrder, { identifiers: [alexIdentifier] });
const instanceOf = ({ body }: AcmeReply): string => String(body['instance']);

describe('terms of service that have changed', () => {
  it('stop new orders and pre-authorizations until a person has agreed on the page named', async () => {
    const early = await placeOrder(client);
    ca.changeTerms('2027');
    const refused = await order();
    expect([refused.status, refused.problem]).toEqual([403, 'userActionRequired']);
    expect(refused.headers['link']).toContain(
      `<${ca.termsUrl}?version=2027>;rel="terms-of-service"`,
    );
    const identifier = alexIdentifier;
    const preauthorization = await client.post(client.directory.newAuthz, { identifier });
    expect(preauthorization.problem).toBe('userActionRequired');
    // What was begun under the old terms goes on.
    expect((await client.order(early.url)).status).toBe('pending');

    const page = await client.https.send(instanceOf(refused));
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.bytes.toString()).toContain('<form method="post">');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await order()).problem).toBe('userActionRequired');
    await client.https.send(instanceOf(refused), { method: 'POST' });
    expect((await order()).status).toBe(201);
  });

  it('are not agreed to by an update of the account', async () => {
    ca.changeTerms('2027');
    const reply = await client.post(client.kid ?? '', { termsOfServiceAgreed: true });
    expect(reply.status).toBe(200);
    expect((await order()).problem).toBe('userActionRequired');
  });

  it('are agreed to for one account, on a page that nobody else can name', async () => {
    const other = await connectBound(ca);
    ca.changeTerms('2027');
    const url = instanceOf(await order());
    await client.https.send(url, { method: 'POST' });
    const payload = { identifiers: [alexIdentifier] };
    const reply = await other.post(other.directory.newOrder, payload);
    expect(reply.problem).toBe('userActionRequired');
    expect(instanceOf(reply)).not.toBe(url);
    const guessed = await client.https.send(`${ca.origin}/acme/agreement/${'A'.repeat(22)}`);
    expect(guessed.status).toBe(404);
    other.close();
  });

  it('are in the directory, and are what a new account agrees to', async () => {
    ca.changeTerms('2027');
    const fresh = await connectBound(ca);
    expect(fresh.directory.meta['termsOfService']).toBe(`${ca.termsUrl}?version=2027`);
    expect((await placeOrder(fresh)).order.status).toBe('pending');
    fresh.close();
  });

  it('are remembered, and so is who agreed', async () => {
    ca.changeTerms('2027');
    await client.https.send(instanceOf(await order()), { method: 'POST' });
    const late = await connectBound(ca);
    ca.changeTerms('2028');
    const port = Number(new URL(ca.origin).port);
    await ca.stop();
    ca = await startTestCa({ state: { directory }, port });
    for (const earlier of [client, late]) earlier.close();
    const { keys, kid } = client;
    client = Object.assign(await AcmeClient.connect(ca), { keys, kid });
    expect((await order()).problem).toBe('userActionRequired');
    ca.changeTerms('2027');
    expect((await order()).status).toBe(201);
  });
});
