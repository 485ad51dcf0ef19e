import { createPrivateKey, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import type { InstallableCredential } from '../install-target.ts';
import { keyMaterialOf, removeKeyMaterial, writeKeyMaterial, type KeyPlace } from './key-files.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = keys.privateKey.export({ type: 'pkcs8', format: 'der' });

let homeDirectory: string;
let place: KeyPlace;
let credential: InstallableCredential & { readonly networks: readonly NetworkDescription[] };

beforeEach(async () => {
  homeDirectory = await mkdtemp(join(tmpdir(), 'key-files-'));
  place = { homeDirectory, target: 'wpa-supplicant' };
  const root = await TestAuthority.root();
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const certificate = new X509Certificate(await root.issue({ spki })).raw;
  const serverRoots = [new X509Certificate(root.certificate).raw.toString('base64')];
  credential = {
    ...{ credentialId: randomUUID(), certificate, chain: [] },
    exportPkcs8: () => Promise.resolve(Uint8Array.from(pkcs8)),
    networks: [
      {
        ...{ id: 'corp', name: 'corp', source: 'organization', ssids: ['corp'], wired: false },
        ...{ serverNames: ['radius.example.test'], serverRoots, outerIdentity: '@example.test' },
      },
    ],
  };
});

afterEach(() => rm(homeDirectory, { recursive: true }));

describe('the files of a network program', () => {
  it('hold the key for whoever has the passphrase, and are closed to others', async () => {
    const { key, passphrase, directory } = await writeKeyMaterial(credential, place);
    if (key.kind !== 'file' || passphrase === undefined) throw new Error('no file');
    const pem = await readFile(key.file, 'utf8');
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(
      createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'der' }),
    ).toEqual(pkcs8);
    expect(Buffer.from(passphrase, 'base64url')).toHaveLength(32);
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, '..', '..'))).mode & 0o777).toBe(0o700);
  });

  it('are found again, for this certificate and no other', async () => {
    expect(await keyMaterialOf(credential, place)).toBeNull();
    const { directory } = await writeKeyMaterial(credential, place);
    await expect(keyMaterialOf(credential, place)).resolves.toMatchObject({ directory });
    const certificate = Buffer.from(credential.networks[0]?.serverRoots[0] ?? '', 'base64');
    expect(await keyMaterialOf({ ...credential, certificate }, place)).toBeNull();
  });

  it('are written anew as often as that is wanted, and leave nothing when they go', async () => {
    const first = await writeKeyMaterial(credential, place);
    const second = await writeKeyMaterial(credential, place);
    expect(second.passphrase).not.toBe(first.passphrase);
    expect(await readdir(second.directory)).toHaveLength(3);
    await writeKeyMaterial(credential, { ...place, target: 'network-manager' });
    await removeKeyMaterial(credential.credentialId, place);
    await removeKeyMaterial(credential.credentialId, place);
    expect(await readdir(join(second.directory, '..'))).toEqual(['network-manager']);
    await removeKeyMaterial(credential.credentialId, { ...place, target: 'network-manager' });
    expect(await readdir(homeDirectory)).toEqual([]);
  });

  it('lie nowhere else, whatever a credential is called', async () => {
    for (const credentialId of ['..', '../../x', '', 'a/b', `${randomUUID()}/..`, 'x\0y']) {
      const hostile = { ...credential, credentialId };
      const refused = { code: 'install', reason: 'refused' };
      await expect(writeKeyMaterial(hostile, place)).rejects.toMatchObject(refused);
      await expect(removeKeyMaterial(credentialId, place)).rejects.toMatchObject(refused);
    }
    expect(await readdir(homeDirectory)).toEqual([]);
  });

  it('name a key on a token, and its PIN nowhere', async () => {
    const token = {
      token: { label: 'My card; 1', serial: '0000', manufacturer: 'm', model: 'm' },
      ...{ keyId: '01ab', modulePath: '/usr/lib/module.so', moduleName: 'module' },
      checkModule: () => Promise.resolve(),
      lendPin: () => Promise.reject(new Error('not now')),
      sign: () => Promise.reject(new Error('not now')),
    };
    const written = await writeKeyMaterial({ ...credential, exportPkcs8: null, token }, place);
    expect(written.passphrase).toBeUndefined();
    expect(written.key).toMatchObject({
      privateKeyUri: 'pkcs11:token=My%20card%3B%201;id=%01%ab;type=private',
    });
    expect(await readdir(written.directory)).toHaveLength(2);
  });

  it('are not written for keys that stay where they are, nor for roots that are none', async () => {
    const refused = { code: 'install', reason: 'refused' };
    await expect(
      writeKeyMaterial({ ...credential, exportPkcs8: null }, place),
    ).rejects.toMatchObject(refused);
    const networks = credential.networks.map((each) => ({ ...each, serverRoots: ['AAAA'] }));
    await expect(writeKeyMaterial({ ...credential, networks }, place)).rejects.toMatchObject(
      refused,
    );
  });
});
