import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaOptions } from './running-ca.ts';
import { startCa } from './server.ts';
import { AcmeClient } from './testing/acme-client.ts';
import type { OrderObject } from './testing/acme-client.ts';
import {
  codeOf,
  connectBound,
  connectService,
  createTestClock,
  enroll,
  makeRequest,
  placeOrder,
  readyOrder,
  startTestCa,
  wrongCode,
} from './testing/enrollment.ts';
import type { TestCa, TestClock } from './testing/enrollment.ts';

let directory: string;
let clock: TestClock;
let ca: TestCa;
let port: number;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'ca-test-')), 'state');
  clock = createTestClock();
  ca = await start();
  port = Number(new URL(ca.origin).port);
});

afterEach(async () => {
  await ca.stop();
  rmSync(join(directory, '..'), { recursive: true });
});

async function start(options: CaOptions = {}): Promise<TestCa> {
  const started = await startTestCa({ state: { directory }, clock, ...options });
  return { ...started, clock };
}

async function restart(options: CaOptions = {}): Promise<void> {
  await ca.stop();
  ca = await start({ port, ...options });
}

/** After a restart, the nonces and connections of before are of no use. */
async function again(client: AcmeClient): Promise<AcmeClient> {
  const fresh = await AcmeClient.connect(ca);
  fresh.keys = client.keys;
  fresh.kid = client.kid;
  client.close();
  return fresh;
}

describe('a restart', () => {
  it('keeps the CA keys, readable by the owner only', async () => {
    const { rootPem, issuerPem, alternateRootPem, documentSigner } = ca;
    await restart();
    expect(ca).toMatchObject({ rootPem, issuerPem, alternateRootPem });
    expect(ca.documentSigner.chain).toEqual(documentSigner.chain);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const files = [
      ...readdirSync(directory).filter((name) => name !== 'keys'),
      ...readdirSync(join(directory, 'keys')).map((name) => join('keys', name)),
    ];
    expect(files).toContain('ca.sqlite');
    for (const name of files) {
      expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('keeps accounts, orders, authorizations, certificates and revocations', async () => {
    let client = await connectBound(ca);
    const issued = await enroll(ca, client);
    const ready = await readyOrder(ca, client);
    const pending = await placeOrder(client);
    const revoked = await enroll(ca, client);
    const certificate = new X509Certificate(revoked.chain).raw.toString('base64url');
    await client.post(client.directory.revokeCert, { certificate });
    const account = (await client.get(client.kid ?? '')).body;
    await restart();
    client = await again(client);
    expect((await client.get(client.kid ?? '')).body).toEqual(account);
    expect((await client.get(issued.url)).bytes.toString()).toBe(issued.chain);
    expect((await client.order(ready.url)).status).toBe('ready');
    expect(await client.order(pending.url)).toEqual(pending.order);
    const { csr } = await makeRequest();
    expect((await client.post(ready.order.finalize, { csr })).body['status']).toBe('valid');
    const twice = await client.post(client.directory.revokeCert, { certificate });
    expect(twice.problem).toBe('alreadyRevoked');
    client.close();
  });

  it('keeps people, invitations, and which codes were used and how many were wrong', async () => {
    let client = await connectBound(ca);
    const invitation = ca.people.invite({ for: { personId: ca.alex.id } });
    const used = codeOf(ca);
    const first = await placeOrder(client);
    const { url } = await client.challenge(first.order, 'totp-01');
    await client.post(url, { otp: wrongCode(ca) });
    await client.post(url, { otp: used });
    const people = ca.people.list();
    const setup = ca.people.totpSetup(ca.alex.id);
    const invitations = ca.people.invitations();
    await restart();
    client = await again(client);
    expect(ca.people.list()).toEqual(people);
    expect(ca.people.totpSetup(ca.alex.id)).toEqual(setup);
    expect(ca.people.invitations()).toEqual(invitations);
    const second = await placeOrder(client);
    const next = await client.challenge(second.order, 'totp-01');
    const replayed = await client.post(next.url, { otp: used });
    expect([replayed.status, replayed.body['attemptsRemaining']]).toEqual([403, 4]);
    const other = await AcmeClient.connect(ca);
    expect((await other.register(invitation)).status).toBe(201);
    client.close();
    other.close();
  });

  it('makes old nonces bad, and says so with a good one', async () => {
    let client = await connectBound(ca);
    const nonce = await client.nonce();
    await restart();
    client = await again(client);
    const reply = await client.post(client.kid ?? '', '', { header: { nonce } });
    expect(reply.problem).toBe('badNonce');
    expect((await client.get(client.kid ?? '')).status).toBe(200);
    client.close();
  });

  it('finishes an issuance that was cut short', async () => {
    let client = await connectBound(ca);
    const { url, order } = await readyOrder(ca, client);
    ca.faults.arm({ kind: 'orderProcessing', polls: 100 });
    const { csr } = await makeRequest();
    const reply = await client.post(order.finalize, { csr });
    expect(reply.body['status']).toBe('processing');
    await restart();
    client = await again(client);
    const done = await client.order(url);
    expect(done.status).toBe('valid');
    expect((await client.get(done.certificate ?? '')).status).toBe(200);
    client.close();
  });

  it('looks again for a proof that it was looking for', async () => {
    await restart({ validationRetrySeconds: [600] });
    let client = await connectService(ca);
    const identifiers = [{ type: 'dns', value: 'www.example.test' }];
    const { url, order } = await placeOrder(client, { identifiers });
    const challenge = await client.challenge(order, 'http-01');
    const reply = await client.post(challenge.url, {});
    expect(reply.body['status']).toBe('processing');
    const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
    const web = createServer((_request, response) =>
      response.end(`${challenge.token}.${thumbprint}`),
    ).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const httpPort = (web.address() as AddressInfo).port;
    await restart({ httpPort, hosts: { 'www.example.test': '127.0.0.1' } });
    client = await again(client);
    let found: OrderObject = await client.order(url);
    while (found.status === 'pending') {
      await new Promise((resolve) => setTimeout(resolve, 10));
      found = await client.order(url);
    }
    expect(found.status).toBe('ready');
    client.close();
    web.close();
  });

  it('is refused by a state that is newer than the server', async () => {
    await ca.stop();
    const database = new DatabaseSync(join(directory, 'ca.sqlite'));
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    database.exec('PRAGMA user_version = 999');
    await expect(startCa({ state: { directory } })).rejects.toMatchObject({ code: 'badState' });
    database.exec(`PRAGMA user_version = ${String(version)}`);
    database.close();
    ca = await start();
  });

  it('fails where the state cannot be kept', async () => {
    const file = join(directory, 'ca.sqlite');
    await expect(startCa({ state: { directory: file } })).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

describe('stopping', () => {
  it('closes its ports, held requests and all', async () => {
    const other = await startTestCa();
    const client = await connectBound(other);
    const held = other.faults.arm({ kind: 'hold', resource: 'newOrder' });
    const order = placeOrder(client).catch((error: unknown) => error);
    await held.reached;
    await other.stop();
    expect(await order).toBeInstanceOf(Error);
    await expect(client.https.send(other.directoryUrl)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    client.close();
  });
});
