import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EapWorld } from '../../testing/eap-world.ts';
import type { RunningProgram } from '../../testing/namespace.ts';
import { noNamespaces, wiredDevice, WiredPort } from '../../testing/wired-port.ts';
import { writeKeyMaterial } from './key-files.ts';
import { wiredConfiguration } from './wpa-supplicant-conf.ts';

const target = 'wpa-supplicant';
let world: EapWorld;
let directory: string;

beforeAll(async () => {
  world = await EapWorld.start();
  directory = await mkdtemp(join(tmpdir(), 'wired-'));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

describe.skipIf(noNamespaces !== null)(`a socket in the wall (${noNamespaces ?? 'root'})`, () => {
  it('opens to wpa_supplicant with the file that was written for it', async () => {
    await using port = await portOf();
    const supplicant = await plugIn(port, await world.issue());
    await supplicant.says(/CTRL-EVENT-EAP-SUCCESS/);
    await port.opens();
    expect(port.verdicts).toEqual([expect.stringContaining('Login OK: [anonymous@example.test]')]);
  });

  it('stays closed to a certificate that was revoked', async () => {
    await using port = await portOf();
    const supplicant = await plugIn(port, world.revoked);
    await supplicant.says(/CTRL-EVENT-EAP-FAILURE/);
    expect(supplicant.has(/CTRL-EVENT-EAP-SUCCESS/)).toBe(false);
    expect(port.verdicts).toEqual([expect.stringMatching(/Login incorrect.*revoked/)]);
  });

  it('is shown no certificate where its server has another name', { tags: ['deep'] }, async () => {
    await using port = await portOf();
    const elsewhere = { serverNames: ['radius.example.com'] };
    const supplicant = await plugIn(port, await world.issue(), elsewhere);
    await supplicant.says(/CTRL-EVENT-EAP-FAILURE/);
    expect(supplicant.has(/domain .*match|CTRL-EVENT-EAP-TLS-CERT-ERROR/i)).toBe(true);
    expect(port.verdicts.join('')).not.toContain('Login OK');
  });
});

async function portOf(): Promise<WiredPort> {
  const { root, revoked } = world;
  return WiredPort.open({
    trusted: root.certificate,
    revocationLists: await root.revocationList(revoked),
    server: await root.issueServer({ names: [{ type: 'dns', value: 'radius.example.test' }] }),
  });
}

async function plugIn(port: WiredPort, pem: string, difference = {}): Promise<RunningProgram> {
  const network = world.network({ ssids: [], wired: true, ...difference });
  const credential = world.credential(pem, network);
  const written = await writeKeyMaterial(credential, { homeDirectory: world.home, target });
  const { key, passphrase = '' } = written;
  if (key.kind !== 'file') throw new Error('not a file');
  const text = wiredConfiguration({
    ...{ target, networks: [network], mark: 'test' },
    signIn: { ...written, key: { ...key, passphrase } },
  });
  const file = join(directory, `${credential.credentialId}.conf`);
  await writeFile(file, text ?? '', { mode: 0o600 });
  return port.computer.start(['wpa_supplicant', '-Dwired', `-i${wiredDevice}`, '-c', file]);
}
