import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  approveByPasskey,
  createApprovalWorld,
  finalizeWith,
  proveOneself,
  readRequest,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld, Requested } from '../testing/approval-world.ts';
import { startMailServer } from '../testing/mail-server.ts';
import type { TestMailServer } from '../testing/mail-server.ts';

let world: ApprovalWorld;
let mailServer: TestMailServer;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ca-'));
  mailServer = await startMailServer();
  const server = { host: '127.0.0.1', port: mailServer.port, security: 'none' } as const;
  const mail = { server, from: 'ca@corp.example' };
  world = await createApprovalWorld({ state: { directory }, mail });
});

afterEach(async () => {
  await world.stop();
  await mailServer.stop();
  rmSync(directory, { recursive: true });
});

async function approve(): Promise<Requested> {
  const { alex, kim, robin } = world;
  const requested = await requestApproval(alex.client);
  await proveOneself(alex, requested.order);
  await approveByPasskey(kim, requested.url);
  await approveByPasskey(robin, requested.url);
  return requested;
}

async function issue(): Promise<Requested & { readonly certificate: string }> {
  const { client } = world.alex;
  const requested = await approve();
  const { body } = await finalizeWith(client, requested);
  const { bytes } = await client.get(String(body['certificate']));
  return { ...requested, certificate: new X509Certificate(bytes).raw.toString('base64url') };
}

const revoke = (certificate: string) => {
  const { client } = world.alex;
  return client.post(client.directory.revokeCert, { certificate, reason: 1 });
};

/** As the list has it: clients read no request again that is the same there. */
async function lastChange(url: string): Promise<string> {
  const { client } = world.kim;
  const { body } = await client.get(String(client.directory.meta['approvals']));
  const listed = body['approvals'] as readonly { readonly url: string; readonly changed: string }[];
  return listed.find((each) => each.url === url)?.changed ?? '';
}

/** As somebody does who can write to the database. */
function damageLog(): void {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  database.exec(`DROP TRIGGER approval_log_is_not_shortened;
    DELETE FROM approval_log WHERE sequence = (SELECT max(sequence) FROM approval_log)`);
  database.close();
}

const subjects = (): readonly (string | undefined)[] =>
  mailServer.mails.map(({ raw }) => /^Subject: (?:Example Corp: )?(.*?) \//m.exec(raw)?.[1]);

test('what was issued under an approval is revoked with an entry, and everybody is mailed from first to last', async () => {
  const { certificate, url } = await issue();
  const before = await lastChange(url);
  world.ca.clock.advance(60);
  expect((await revoke(certificate)).status).toBe(200);
  expect(Date.parse(await lastChange(url))).toBeGreaterThan(Date.parse(before));
  const { serialNumber } = new X509Certificate(Buffer.from(certificate, 'base64url'));
  expect(world.ca.organizations.log.newest(1)).toMatchObject([
    {
      ...{ event: 'revoked', organization: 'Example Corp', request: url },
      by: 'alex@corp.example',
      data: { serial: serialNumber.toLowerCase(), reason: 1 },
    },
  ]);
  await expect.poll(() => mailServer.mails.length).toBe(16);
  const counts: unknown = Object.fromEntries(
    [...new Set(subjects())].map((one) => [one, subjects().filter((s) => s === one).length]),
  );
  expect(counts).toEqual({
    // Three approvers; then the requester and they.
    'Your approval is asked for': 3,
    'Somebody approved your request': 1,
    'A request is approved': 4,
    'A certificate was issued': 4,
    'A certificate was revoked': 4,
  });
});

test('with a damaged log nothing is approved or issued, and what was issued can be revoked', async () => {
  const { alex, kim, sam } = world;
  const { certificate } = await issue();
  const granted = await approve();
  const pending = await requestApproval(alex.client);
  damageLog();
  expect((await approveByPasskey(kim, pending.url)).body).not.toMatchObject({ status: 'valid' });
  expect(await readRequest(sam, pending.url)).toMatchObject({ status: 'pending', decisions: [] });
  expect((await finalizeWith(alex.client, granted)).body).not.toMatchObject({ status: 'valid' });
  const order = await alex.client.order(granted.orderUrl);
  expect(order).not.toHaveProperty('certificate');
  const again = requestApproval(alex.client);
  await expect(again).rejects.toThrow('newOrder answered');
  expect((await revoke(certificate)).status).toBe(200);
  expect(world.ca.organizations.log.condition()).toMatchObject({ sound: false });
});
