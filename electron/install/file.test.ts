import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { assertPkcs12Opens, saveCredentialFile } from './file.ts';

let directory: string;
let path: string;
const data = Buffer.from('-----BEGIN CERTIFICATE-----');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credential-file-'));
  path = join(directory, 'alex.pem');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const installError = (reason: string) =>
  expect.objectContaining({ code: 'install', target: 'file', reason }) as unknown;

describe('saving', () => {
  test.each(['refuse', 'replace'] as const)(
    'writes it all, for the owner only, and leaves nothing else (%s)',
    async (existing) => {
      await saveCredentialFile({ path, data, existing });
      expect(await readFile(path)).toEqual(data);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readdir(directory)).toEqual(['alex.pem']);
    },
  );

  test('does not touch a file that is there, unless told', async () => {
    await writeFile(path, 'mine', { mode: 0o644 });
    await expect(saveCredentialFile({ path, data, existing: 'refuse' })).rejects.toEqual(
      installError('refused'),
    );
    expect(await readFile(path, 'utf8')).toBe('mine');
    await saveCredentialFile({ path, data, existing: 'replace' });
    expect(await readFile(path)).toEqual(data);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['alex.pem']);
  });

  test('two at once do not both get the name', async () => {
    const saves = ['one', 'two', 'three'].map((text) =>
      saveCredentialFile({ path, data: Buffer.from(text), existing: 'refuse' }),
    );
    const settled = await Promise.allSettled(saves);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['alex.pem']);
  });

  test('replaces a link, not what it leads to', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await writeFile(elsewhere, 'mine');
    await symlink(elsewhere, path);
    await expect(saveCredentialFile({ path, data, existing: 'refuse' })).rejects.toEqual(
      installError('refused'),
    );
    await saveCredentialFile({ path, data, existing: 'replace' });
    expect(await readFile(elsewhere, 'utf8')).toBe('mine');
    expect(await readFile(path)).toEqual(data);
  });

  test.each(['refuse', 'replace'] as const)(
    'makes no directories and takes none for a file (%s)',
    async (existing) => {
      const missing = join(directory, 'missing', 'alex.pem');
      await expect(saveCredentialFile({ path: missing, data, existing })).rejects.toEqual(
        installError('not-found'),
      );
      await mkdir(path);
      await expect(saveCredentialFile({ path, data, existing })).rejects.toEqual(
        installError('refused'),
      );
      expect(await readdir(directory)).toEqual(['alex.pem']);
    },
  );

  test('says where it may not write, and what it was about', async () => {
    const forbidden = { path: '/proc/alex.pem', data, existing: 'replace' } as const;
    await expect(saveCredentialFile(forbidden)).rejects.toEqual(
      expect.objectContaining({ target: 'file', detail: '/proc/alex.pem' }),
    );
  });
});

describe('a PKCS #12 file', () => {
  const passphrase = 'correct horse';
  let pkcs12: Uint8Array;

  beforeEach(async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    const authority = await TestAuthority.root();
    pkcs12 = await createPkcs12({
      privateKeyPkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
      certificate: await authority.issue({ spki }),
      chain: [authority.certificate],
      friendlyName: 'alex',
      passphrase,
      passphraseKind: 'random',
    });
  });

  test('opens with its passphrase, for us and for OpenSSL', async () => {
    assertPkcs12Opens(pkcs12, passphrase);
    await saveCredentialFile({ path, data: pkcs12, existing: 'refuse' });
    const out = execFileSync('openssl', [
      ...['pkcs12', '-in', path, '-passin', `pass:${passphrase}`, '-noenc'],
    ]).toString();
    expect(out).toContain('BEGIN PRIVATE KEY');
  });

  test('does not open with another, or when it was changed', () => {
    expect(() => assertPkcs12Opens(pkcs12, 'wrong')).toThrow(installError('proof-failed'));
    const changed = Uint8Array.from(pkcs12);
    const middle = changed.length >> 1;
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    expect(() => assertPkcs12Opens(changed, passphrase)).toThrow(installError('proof-failed'));
    expect(() => assertPkcs12Opens(data, passphrase)).toThrow(installError('proof-failed'));
  });
});
