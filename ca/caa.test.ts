import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from './testing/acme-client.ts';
import type { Json, OrderObject } from './testing/acme-client.ts';
import { obtain, proveByDns, dns } from './testing/dns-proof.ts';
import { startDnsServer } from './testing/dns-server.ts';
import type { CaaData, DnsServer } from './testing/dns-server.ts';
import { connectService, makeRequest, placeOrder, startTestCa } from './testing/enrollment.ts';
import type { TestCa } from './testing/enrollment.ts';

let ca: TestCa;
let client: AcmeClient;
let dnsServer: DnsServer;

beforeEach(async () => {
  dnsServer = await startDnsServer();
  await start();
});

afterEach(async () => {
  client.close();
  await ca.stop();
  await dnsServer.close();
});

async function start(caa?: 'off'): Promise<void> {
  ca = await startTestCa({
    dnsServer: dnsServer.address,
    caaIdentities: ['ca.example', 'authority.example'],
    validationRetrySeconds: [],
    ...(caa === undefined ? {} : { caa }),
  });
  client = await connectService(ca);
}

const issue = (value: string, critical = false): CaaData => ({ tag: 'issue', value, critical });
const name = 'a.b.example.test';
const errorOf = ({ error }: OrderObject): Json => error ?? {};
const urn = (type: string): string => `urn:ietf:params:acme:error:${type}`;

describe('CAA', () => {
  it('is asked about the name and all above it, and silence permits', async () => {
    const { order } = await obtain(client, dnsServer, [name]);
    expect(order.status).toBe('valid');
    const asked = dnsServer.asked.filter((question) => question.endsWith(' 257'));
    expect(asked).toEqual([
      'a.b.example.test 257',
      'b.example.test 257',
      'example.test 257',
      'test 257',
    ]);
  });

  it('stops at the nearest name that has records', async () => {
    dnsServer.caa.set('example.test', [issue('stranger.example')]);
    dnsServer.caa.set('b.example.test', [issue('authority.example')]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('valid');
  });

  it('makes an order invalid, with the names that it forbids', async () => {
    dnsServer.caa.set('example.test', [issue('stranger.example'), issue(';')]);
    dnsServer.caa.set('good.test', [issue('ca.example')]);
    const names = [name, 'good.test', 'other.example.test'];
    const { order } = await obtain(client, dnsServer, names);
    expect(order.status).toBe('invalid');
    expect(order.certificate).toBeUndefined();
    const forbidden = [name, 'other.example.test'].map((value) => ({
      type: urn('caa'),
      identifier: dns(value),
    }));
    expect(errorOf(order)).toMatchObject({ type: urn('caa'), subproblems: forbidden });
  });

  it('forbids when it cannot be asked', async () => {
    dnsServer.failing.add('example.test');
    const { order } = await obtain(client, dnsServer, [name]);
    expect(errorOf(order)).toMatchObject({
      type: urn('dns'),
      subproblems: [{ type: urn('dns'), identifier: dns(name) }],
    });
  });

  it('can name the account and the method', async () => {
    const uri = `accounturi=${client.kid ?? ''}`;
    dnsServer.caa.set(name, [issue(`ca.example; ${uri}; validationmethods=dns-01`)]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('valid');
    dnsServer.caa.set(name, [issue(`ca.example; ${uri}; validationmethods=http-01`)]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('invalid');
    dnsServer.caa.set(name, [issue(`ca.example; ${uri}x`)]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('invalid');
  });

  it('has a say of its own about wildcards', async () => {
    const wild = { tag: 'issuewild', value: 'stranger.example' };
    dnsServer.caa.set('example.test', [issue('ca.example'), wild]);
    expect((await obtain(client, dnsServer, ['example.test'])).order.status).toBe('valid');
    expect((await obtain(client, dnsServer, ['*.example.test'])).order.status).toBe('invalid');
  });

  it('forbids with a critical property that nobody knows', async () => {
    dnsServer.caa.set('test', [{ tag: 'tbd', value: 'x', critical: true }]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('invalid');
  });

  it('keeps an order processing for as long as it is not answered', async () => {
    const placed = await placeOrder(client, { identifiers: [dns(name)] });
    await proveByDns(client, dnsServer, placed.order.authorizations[0] ?? '');
    const release = dnsServer.hold();
    const { csr } = await makeRequest({ names: [{ type: 'dns', value: name }] });
    const reply = await client.post(placed.order.finalize, { csr });
    expect([reply.status, reply.body['status']]).toEqual([200, 'processing']);
    expect(reply.headers['retry-after']).toBe('1');
    release();
    await expect.poll(async () => (await client.order(placed.url)).status).toBe('valid');
  });

  it('is asked again by the next start when a stop came in between', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ca-caa-'));
    const options = { state: { directory }, dnsServer: dnsServer.address };
    let kept = await startTestCa(options);
    const port = Number(new URL(kept.origin).port);
    let owner = await connectService(kept);
    const placed = await placeOrder(owner, { identifiers: [dns(name)] });
    await proveByDns(owner, dnsServer, placed.order.authorizations[0] ?? '');
    const release = dnsServer.hold();
    const { csr } = await makeRequest({ names: [{ type: 'dns', value: name }] });
    const finalizing = owner.post(placed.order.finalize, { csr }).catch(() => undefined);
    await expect.poll(() => dnsServer.asked.includes(`${name} 257`)).toBe(true);
    await kept.stop();
    await finalizing;
    release();
    kept = await startTestCa({ ...options, port });
    const { keys, kid } = owner;
    owner.close();
    owner = Object.assign(await AcmeClient.connect(kept), { keys, kid });
    await expect.poll(async () => (await owner.order(placed.url)).status).toBe('valid');
    owner.close();
    await kept.stop();
    rmSync(directory, { recursive: true });
  });

  it('does not issue to an account that was deactivated while it was asked', async () => {
    const placed = await placeOrder(client, { identifiers: [dns(name)] });
    await proveByDns(client, dnsServer, placed.order.authorizations[0] ?? '');
    const release = dnsServer.hold();
    const { csr } = await makeRequest({ names: [{ type: 'dns', value: name }] });
    const finalizing = client.post(placed.order.finalize, { csr });
    await expect.poll(() => dnsServer.asked.includes(`${name} 257`)).toBe(true);
    await client.post(client.kid ?? '', { status: 'deactivated' });
    release();
    const { body } = await finalizing;
    expect(body).toMatchObject({ status: 'invalid', error: { type: urn('unauthorized') } });
    expect(body).not.toHaveProperty('certificate');
  });

  it('is not asked when policy says so', async () => {
    client.close();
    await ca.stop();
    await start('off');
    dnsServer.caa.set(name, [issue(';')]);
    expect((await obtain(client, dnsServer, [name])).order.status).toBe('valid');
    expect(dnsServer.asked.some((question) => question.endsWith(' 257'))).toBe(false);
  });

  it('goes by the names that the directory gives', () => {
    expect(client.directory.meta['caaIdentities']).toEqual(['ca.example', 'authority.example']);
  });
});
