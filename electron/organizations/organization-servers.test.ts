import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startCa } from '../../ca/server.ts';
import type { RunningCa } from '../../ca/running-ca.ts';
import { enrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import { createHttpClient } from '../http/create-http-client.ts';
import { TestDoorstep } from '../testing/doorstep.ts';
import { sampleProfile } from '../testing/profile-signer.ts';
import { OrganizationServers } from './organization-servers.ts';

let ca: RunningCa;
let doorstep: TestDoorstep;
let servers: OrganizationServers;

beforeAll(async () => {
  ca = await startCa({ port: 0, state: 'memory' });
});
afterAll(() => ca.stop());
beforeEach(() => {
  doorstep = new TestDoorstep(() => new Date());
  servers = new OrganizationServers({
    store: doorstep.store,
    createHttpClient: (rootsFor) => createHttpClient({ rootsFor }),
  });
});
afterEach(() => {
  servers.close();
  doorstep.close();
});

const directory = (organizationId: string) =>
  servers.to(organizationId).request({ method: 'GET', url: ca.directoryUrl });

it('lets each organisation’s own roots vouch, also where two share an address', async () => {
  await join('second', [ca.alternateRootPem]);
  await join('first', [ca.rootPem]);
  await expect(directory('first')).resolves.toMatchObject({ status: 200 });
  await expect(directory('second')).rejects.toMatchObject({ reason: 'tls-untrusted' });
});

it('goes by the roots of the profile that is stored now', async () => {
  await join('first');
  await expect(directory('first')).rejects.toMatchObject({ reason: 'tls-untrusted' });
  await join('first', [ca.rootPem]);
  await expect(directory('first')).resolves.toMatchObject({ status: 200 });
  await join('first', [ca.alternateRootPem]);
  await expect(directory('first')).rejects.toMatchObject({ reason: 'tls-untrusted' });
});

it('connects to nobody for an organisation that cannot be read, or that is none', async () => {
  await join('first', [ca.rootPem]);
  await directory('first');
  const record = doorstep.store.find('first');
  if (record === undefined) throw new Error('not joined');
  doorstep.wallet.organizations.save({ ...record, signedProfile: 'e30.e30.c2ln' });
  const before = ca.requestLog.count({ resource: 'directory' });
  await expect(directory('first')).rejects.toMatchObject({ code: 'wallet', reason: 'unreadable' });
  await expect(directory('other')).rejects.toMatchObject({ code: 'preview', reason: 'gone' });
  expect(ca.requestLog.count({ resource: 'directory' })).toBe(before);
});

async function join(id: string, roots?: readonly string[]): Promise<void> {
  const ders = roots?.map((pem) => new X509Certificate(pem).raw.toString('base64'));
  const profile = enrollmentProfile.parse({
    ...sampleProfile(),
    ...{ id, directory: ca.directoryUrl, ...(ders && { roots: ders }) },
  });
  const payload = Buffer.from(JSON.stringify(profile)).toString('base64url');
  await doorstep.store.join({
    ...{ id, profile, signedProfile: `e30.${payload}.c2ln`, vouchedBy: { by: 'comparison' } },
    signer: { hex: 'ab'.repeat(32), words: Array.from('abcdefgh') },
    joinedAt: new Date().toISOString(),
  });
}
