import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { profiles } from '../profiles.ts';
import { AcmeClient } from '../testing/acme-client.ts';
import {
  alexIdentifier,
  connectBound,
  connectService,
  makeRequest,
  placeOrder,
  readyOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let directory: string;
let ca: TestCa;
let client: AcmeClient;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ca-profiles-'));
  ca = await startTestCa({ state: { directory } });
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
  rmSync(directory, { recursive: true });
});

const order = (payload: object) => client.post(client.directory.newOrder, payload);
const emails = (...values: string[]) => values.map((value) => ({ type: 'email', value }));

describe('profiles', () => {
  it('are in the directory with a description for people', () => {
    const listed = client.directory.meta['profiles'] as Record<string, string>;
    expect(Object.keys(listed)).toEqual(profiles.map(({ name }) => name));
    for (const description of Object.values(listed)) expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it('are chosen by the server, and named, where the order names none', async () => {
    const { order: placed } = await placeOrder(client);
    expect(placed.profile).toBe('employee');
  });

  it.each([
    ['is not listed', { identifiers: [alexIdentifier], profile: 'gold' }],
    ['is for other identifiers', { identifiers: [alexIdentifier], profile: 'server' }],
    ['is for part of the identifiers', mixed()],
    ['takes fewer identifiers', { identifiers: emails('a@b.test', 'c@b.test'), profile: 'wifi' }],
    ['is no text', { identifiers: [alexIdentifier], profile: ['wifi'] }],
  ])('are refused in an order when the one asked for %s', async (_name, payload) => {
    const reply = await order(payload);
    expect([reply.status, reply.problem]).toEqual([400, 'invalidProfile']);
  });

  it('are refused at finalize once they are no longer issued, and then not offered', async () => {
    const { order: ready } = await readyOrder(ca, client);
    const port = Number(new URL(ca.origin).port);
    await ca.stop();
    const { clock } = ca;
    ca = {
      ...(await startTestCa({ state: { directory }, port, clock, profiles: ['wifi', 'server'] })),
      clock,
    };
    client.close();
    const { keys, kid } = client;
    client = Object.assign(await AcmeClient.connect(ca), { keys, kid });
    expect(client.directory.meta['profiles']).not.toHaveProperty('employee');
    const { csr } = await makeRequest();
    const reply = await client.post(ready.finalize, { csr });
    expect([reply.status, reply.problem]).toEqual([400, 'invalidProfile']);
    expect((await placeOrder(client)).order.profile).toBe('wifi');
    const device = { type: 'permanent-identifier', value: 'SN-1' };
    expect((await order({ identifiers: [device] })).problem).toBe('rejectedIdentifier');
  });

  it('are refused at finalize by a fault, and the order stays ready', async () => {
    const { url, order: ready } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'invalidProfile', resource: 'finalize' });
    const { csr } = await makeRequest();
    expect((await client.post(ready.finalize, { csr })).problem).toBe('invalidProfile');
    expect((await client.order(url)).status).toBe('ready');
    expect((await client.post(ready.finalize, { csr })).body['status']).toBe('valid');
  });

  it('keep one-time codes and proofs of control over a name apart', async () => {
    const service = await connectService(ca);
    const types: (readonly string[])[] = [];
    for (const [who, identifier] of [
      [client, alexIdentifier],
      [client, { type: 'permanent-identifier', value: 'SN-1' }],
      [service, { type: 'dns', value: 'a.test' }],
    ] as const) {
      const placed = await placeOrder(who, { identifiers: [identifier] });
      const { challenges } = await who.authorization(placed.order.authorizations[0] ?? '');
      types.push(challenges.map(({ type }) => type));
    }
    const [person, device, server] = types;
    expect([person, device]).toEqual([['totp-01'], ['totp-01']]);
    expect(server).not.toContain('totp-01');
    service.close();
  });
});

function mixed(): object {
  return { identifiers: [alexIdentifier, { type: 'dns', value: 'a.test' }], profile: 'employee' };
}
