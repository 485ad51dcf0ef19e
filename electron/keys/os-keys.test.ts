import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { CngDouble } from '../testing/os-keys/cng-double.ts';
import { SecurityDouble } from '../testing/os-keys/security-double.ts';
import { MacosKeychain } from './os/macos-keychain.ts';
import type { OsKeyStore } from './os/os-key-store.ts';
import { WindowsCng } from './os/windows-cng.ts';
import { OsKeys } from './os-keys.ts';

const id = '0b0f1c9e-6a53-4c0e-9a6d-2f8f0c7f3e11';

const windows = () => {
  const double = new CngDouble();
  return { double, store: new WindowsCng(() => Promise.resolve(double.functions)) };
};
const mac = () => {
  const double = new SecurityDouble();
  return { double, store: new MacosKeychain(() => Promise.resolve(double.functions)) };
};

describe.each([
  ['CNG', windows],
  ['the Keychain', mac],
])('keys in %s', (_name, make) => {
  let double: { distort: (octets: Buffer) => Buffer };
  let store: OsKeyStore;
  let keys: OsKeys;

  beforeEach(() => {
    ({ double, store } = make());
    keys = new OsKeys({ store, randomUuid: () => id });
  });

  test.each(['P-256', 'P-384', 'RSA-2048'] as const)(
    'sign certificate requests that OpenSSL accepts: %s',
    async (type) => {
      expect(await keys.generate(type)).toBe(id);
      const signer = await keys.signer(id);
      const identifiers = [{ type: 'email', value: 'alex@example.test' }] as const;
      const input = await createCertificateRequest({ signer, commonName: 'Alex', identifiers });
      const options = ['req', '-inform', 'der', '-verify', '-noout'];
      const { stderr } = spawnSync('openssl', options, { input, encoding: 'utf8' });
      expect(stderr).toContain('verify OK');
    },
  );

  test('are gone once they are removed', async () => {
    await keys.generate('P-256', id);
    expect(await keys.find(id)).not.toBeNull();
    await keys.remove(id);
    expect(await keys.find(id)).toBeNull();
    const missing = expect.objectContaining({ code: 'key-not-found' }) as Error;
    await expect(keys.signer(id)).rejects.toThrow(missing);
  });

  test('are not made of a type that the system has not', async () => {
    const refusal = expect.objectContaining({ code: 'os-key', reason: 'not-supported' }) as Error;
    await expect(keys.generate('Ed25519')).rejects.toThrow(refusal);
    expect(keys.types).not.toContain('Ed25519');
  });

  test('give nobody a signature that does not verify', async () => {
    await keys.generate('RSA-2048');
    const signer = await keys.signer(id);
    double.distort = (octets) => Buffer.alloc(octets.length, 1);
    const refusal = expect.objectContaining({ code: 'os-key', reason: 'unusable' }) as Error;
    await expect(signer.sign(Buffer.from('what is signed'))).rejects.toThrow(refusal);
  });
});
