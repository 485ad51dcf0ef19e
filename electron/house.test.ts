import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLocalCa, type LocalCa } from '../ca/portal/local-ca.ts';
import { environmentRoutes } from './http/environment-routes.ts';
import { openHouse, type House, type HouseOptions } from './house.ts';
import { failureTranslator } from './ipc/to-failure.ts';
import { ForkedProcessLauncher } from './pkcs11/forked-process.ts';
import { linuxPlatform } from './platform/linux.ts';
import { ownBusAddress } from './testing/session-bus.ts';
import { errorOf, ready } from './testing/doorstep.ts';
import { createProfileSigner, sampleProfile } from './testing/profile-signer.ts';

let ca: LocalCa;
let directory: string;
let house: House;
const reports: unknown[] = [];

beforeAll(async () => {
  ca = await startLocalCa({ demoPerson: true });
  // Nobody keeps secrets here: what the tests do must not reach the keyring of whoever runs them.
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', ownBusAddress());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await ca.ca.stop();
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'countersign-house-'));
  house = open();
});
afterEach(async () => {
  await house.close();
  rmSync(directory, { recursive: true });
  expect(reports.splice(0)).toEqual([]);
});

function open(changes: Partial<HouseOptions> = {}): House {
  return openHouse({
    version: '0.0.0',
    platform: {
      ...linuxPlatform({ env: { HOME: directory }, osRelease: null }),
      userDataDirectory: directory,
      nss: null,
    },
    launcher: new ForkedProcessLauncher({
      program: path.join(import.meta.dirname, 'pkcs11', 'process', 'program.ts'),
    }),
    directory: path.join(directory, 'wallet'),
    localCaPath: null,
    routesFor: environmentRoutes({}),
    languages: ['en'],
    toFailure: failureTranslator((error) => reports.push(error)),
    report: (doing, error) => reports.push([doing, error]),
    ...changes,
  });
}

describe('a house', () => {
  it('opens an organisation that lies on a server nobody vouches for, and says that nobody does', async () => {
    await house.previews.openLink(ca.invite('alex@example.test'));
    const { verified, vouchedBy, invitation, alreadyJoined } = ready(house.previews);
    expect(verified.profile.directory).toBe(ca.ca.directoryUrl);
    expect({ vouchedBy, alreadyJoined }).toEqual({ vouchedBy: null, alreadyJoined: false });
    expect(invitation?.email).toBe('alex@example.test');
  });

  it('has only the places for credentials that this computer has', async () => {
    expect(house.installTargets).not.toContain('nss');
    await house.close();
    house = open({
      platform: linuxPlatform({ env: { HOME: directory }, osRelease: 'ID=debian\n' }),
    });
    expect(house.installTargets).toContain('nss');
  });

  it('clears away what a killed wallet left, also where there is no database of NSS', async () => {
    await house.close();
    // Nobody is called by the highest number of a process.
    const left = path.join(directory, 'countersign-install-4194305-abcdef');
    mkdirSync(left, { mode: 0o700 });
    utimesSync(left, new Date(0), new Date(0));
    vi.stubEnv('TMPDIR', directory);
    try {
      house = open();
      await expect.poll(() => existsSync(left)).toBe(false);
    } finally {
      vi.stubEnv('TMPDIR', undefined);
    }
  });

  it('takes the Local CA for known when it was handed over', async () => {
    const localCaPath = path.join(directory, 'hand-over.json');
    const handOver = { profile: await ca.profile(), invitation: ca.invite('alex@example.test') };
    writeFileSync(localCaPath, JSON.stringify(handOver), { mode: 0o600 });
    await house.close();
    house = open({ localCaPath });
    await house.previews.openLocalCa();
    expect(ready(house.previews).vouchedBy).toEqual({ by: 'local-ca' });
  });

  it('refuses to join without a secret store, and keeps the invitation for another try', async () => {
    await house.previews.openLink(ca.invite('alex@example.test'));
    const { previewId } = ready(house.previews);
    const absent = { code: 'keystore', reason: 'absent' };
    const joining = house.previews.accept({ previewId, wordsMatch: true });
    await expect(joining).rejects.toMatchObject(absent);
    await expect(house.checkSecretStore()).rejects.toMatchObject(absent);
    expect(house.organizations.list()).toEqual([]);
    expect(ready(house.previews).previewId).toBe(previewId);
  });

  it('says which server did not answer, or had no profile', async () => {
    await house.previews.openLink('countersign://join?from=https%3A%2F%2F127.0.0.1%3A1%2Fprofile');
    expect(errorOf(house.previews)).toMatchObject({ code: 'http', host: '127.0.0.1:1' });
    const nowhere = encodeURIComponent(`${ca.ca.origin}/missing.enroll`);
    await house.previews.openLink(`countersign://join?from=${nowhere}`);
    expect(errorOf(house.previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
    const page = encodeURIComponent(ca.ca.directoryUrl);
    await house.previews.openLink(`countersign://join?from=${page}`);
    expect(errorOf(house.previews)).toMatchObject({ code: 'profile', reason: 'not-a-profile' });
  });

  it('believes a server that it knows only for the roots of who was joined first', async () => {
    const [first, second] = await Promise.all([createProfileSigner(), createProfileSigner()]);
    const at = { ...sampleProfile(), directory: ca.ca.directoryUrl };
    await join(await first.sign({ ...at, roots: [derOf(ca.ca.rootPem)] }));
    await house.previews.openLink(ca.invite('alex@example.test'));
    expect(errorOf(house.previews)).toBeUndefined();
    await join(await second.sign({ ...at, id: 'second', roots: [derOf(ca.ca.alternateRootPem)] }));
    await house.previews.openLink(ca.invite('alex@example.test'));
    expect(errorOf(house.previews)).toBeUndefined();
  });

  it('does not speak to a server that it knows once that shows another root', async () => {
    const signer = await createProfileSigner();
    const roots = [derOf(ca.ca.alternateRootPem)];
    const profile = { ...sampleProfile(), directory: ca.ca.directoryUrl, roots };
    await join(await signer.sign(profile));
    await house.previews.openLink(ca.invite('alex@example.test'));
    expect(errorOf(house.previews)).toMatchObject({ code: 'http', reason: 'tls-untrusted' });
  });

  it('leaves a file that it cannot read as it is, and says so', async () => {
    await house.close();
    const other = path.join(directory, 'other');
    expect(() => {
      writeFileSync(other, 'a file where the directory should be');
      open({ directory: other });
    }).toThrow(expect.objectContaining({ code: 'wallet' }));
  });

  it('can be opened again after it was closed, and only one at a time', async () => {
    expect(() => open()).toThrow(expect.objectContaining({ code: 'wallet', reason: 'in-use' }));
    await house.close();
    house = open();
    expect(house.enrollments.states()).toEqual([]);
  });
});

async function join(signedProfile: string): Promise<void> {
  await house.previews.openText(signedProfile);
  const { previewId } = ready(house.previews);
  await house.previews.accept({ previewId, wordsMatch: true });
}

function derOf(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '');
}
