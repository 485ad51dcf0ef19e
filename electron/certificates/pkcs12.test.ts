import { execFileSync, spawnSync } from 'node:child_process';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyNth, madeUp } from '../testing/made-up.ts';
import { requireProgram } from '../testing/server-program.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { certificateFingerprint, readChain } from './pem.ts';
import { createPkcs12, type Pkcs12Contents } from './pkcs12.ts';

const deep = { tags: ['deep'] };

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const keys: readonly (readonly [string, () => KeyObject])[] = [
  ['P-256', p256],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
  ['RSA-3072', () => rsa],
];

let directory: string;
let root: TestAuthority;
let rsa: KeyObject;

beforeAll(async () => {
  requireProgram('openssl', 'openssl');
  requireProgram('pk12util', 'libnss3-tools');
  directory = mkdtempSync(join(tmpdir(), 'countersign-pkcs12-'));
  root = await TestAuthority.root();
  rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function contentsFor(
  privateKey: KeyObject,
  rest: Partial<Pkcs12Contents> = {},
): Promise<Pkcs12Contents> {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKeyPkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
    certificate: await root.issue({ spki, subject: 'CN=Alex' }),
    chain: [root.certificate],
    friendlyName: 'Alex at Exämple',
    passphrase: 'correct horse battery',
    passphraseKind: 'random',
    ...rest,
  };
}

async function fileOf(contents: Pkcs12Contents): Promise<string> {
  const path = join(directory, `${randomUUID()}.p12`);
  writeFileSync(path, await createPkcs12(contents));
  return path;
}

const openssl = (path: string, passphrase: string, ...more: string[]) =>
  spawnSync('openssl', ['pkcs12', '-in', path, '-passin', 'stdin', ...more], {
    input: `${passphrase}\n`,
    encoding: 'utf8',
  });

describe('a PKCS #12 file is read by OpenSSL', () => {
  test.each(everyNth(2, keys))('with a %s key and its chain', async (_name, makeKey) => {
    const privateKey = makeKey();
    const contents = await contentsFor(privateKey);
    const { stdout, status } = openssl(await fileOf(contents), contents.passphrase, '-nodes');
    expect(status).toBe(0);
    expect(createPrivateKey(stdout).equals(privateKey)).toBe(true);
    const found = readChain(stdout).map(certificateFingerprint);
    expect(found.sort()).toEqual(
      [contents.certificate, root.certificate].map(certificateFingerprint).sort(),
    );
  });

  test('as one of modern algorithms only', async () => {
    const contents = await contentsFor(p256(), { passphraseKind: 'chosen' });
    const { stderr } = openssl(await fileOf(contents), contents.passphrase, '-info', '-noout');
    expect(stderr.trim().split('\n')).toEqual([
      'MAC: sha256, Iteration 600000',
      'MAC length: 32, salt length: 16',
      'PKCS7 Data',
      'Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256',
      'PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256',
      'Certificate bag',
      'Certificate bag',
    ]);
  });

  test('but not with another passphrase, and not when it was changed', async () => {
    const contents = await contentsFor(p256());
    const path = await fileOf(contents);
    expect(openssl(path, 'wrong', '-noout').status).not.toBe(0);
    const changed = Buffer.from(await createPkcs12(contents));
    const middle = Math.floor(changed.length / 2);
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    writeFileSync(path, changed);
    expect(openssl(path, contents.passphrase, '-noout').status).not.toBe(0);
  });

  test.each(everyNth(2, ['', 'x', 'passwörd ☂', 'a'.repeat(256)]))(
    'with the passphrase %j',
    async (passphrase) => {
      const contents = await contentsFor(p256(), { passphrase });
      expect(openssl(await fileOf(contents), passphrase, '-noout').status).toBe(0);
    },
  );
});

test('a PKCS #12 file is whole whatever the certificate’s subject is called', async () => {
  const privateKey = p256();
  const given = await contentsFor(privateKey);
  const hostile = ['', 'a\0b\n', '\ud800', '🔑-----END CERTIFICATE-----', 'x'.repeat(70_000)];
  const made = fc.sample(fc.string({ unit: 'binary', maxLength: 80 }), madeUp(20));
  for (const friendlyName of [...hostile, ...made]) {
    const path = await fileOf({ ...given, friendlyName });
    const { status, stdout } = openssl(path, given.passphrase, '-nodes');
    expect(status, JSON.stringify(friendlyName)).toBe(0);
    // In front of it stands what it is called.
    const key = stdout.slice(stdout.lastIndexOf('-----BEGIN PRIVATE KEY-----'));
    expect(createPrivateKey(key).equals(privateKey)).toBe(true);
  }
});

describe('a PKCS #12 file for programs that read no newer ones', () => {
  test.each(everyNth(3, keys))('is read by OpenSSL, with a %s key', async (_name, makeKey) => {
    const privateKey = makeKey();
    const contents = await contentsFor(privateKey, {
      passphrase: 'passwörd',
      isLegacy: true,
      passphraseKind: 'chosen' as const,
    });
    const path = await fileOf(contents);
    const { stdout, status } = openssl(path, contents.passphrase, '-legacy', '-nodes');
    expect(status).toBe(0);
    expect(createPrivateKey(stdout).equals(privateKey)).toBe(true);
    expect(readChain(stdout)).toHaveLength(2);
    const { stderr } = openssl(path, contents.passphrase, '-legacy', '-info', '-noout');
    expect(stderr.trim().split('\n')).toEqual([
      'MAC: sha1, Iteration 50000',
      'MAC length: 20, salt length: 16',
      'PKCS7 Data',
      'Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000',
      'PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000',
      'Certificate bag',
      'Certificate bag',
    ]);
    expect(openssl(path, 'wrong', '-legacy', '-noout').status).not.toBe(0);
  });

  test('is read by Java, as is the newer one', deep, async () => {
    requireProgram('keytool', 'openjdk-17-jdk-headless');
    for (const isLegacy of [true, false]) {
      const contents = await contentsFor(p256(), { isLegacy });
      const words = ['-list', '-storetype', 'PKCS12', '-keystore', await fileOf(contents)];
      const { stdout, status } = spawnSync('keytool', words, {
        // The only other way is the command line, which all can read.
        input: `${contents.passphrase}\n`,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      expect(status).toBe(0);
      expect(stdout).toContain('PrivateKeyEntry');
      const { fingerprint256 } = new X509Certificate(contents.certificate);
      expect(stdout).toContain(fingerprint256);
    }
  });
});

describe('a PKCS #12 file is read by NSS', () => {
  test.each(everyNth(3, keys))('with a %s key, by its friendly name', async (name, makeKey) => {
    await expectReadable(name, makeKey(), 'random');
  });

  // It takes NSS four seconds.
  test('when its passphrase is slow to guess', deep, async () => {
    await expectReadable('slow', p256(), 'chosen');
  });

  async function expectReadable(
    name: string,
    privateKey: KeyObject,
    passphraseKind: Pkcs12Contents['passphraseKind'],
  ): Promise<void> {
    const contents = await contentsFor(privateKey, { passphrase: 'passwörd', passphraseKind });
    const path = await fileOf(contents);
    const database = join(directory, `nss-${name}`);
    mkdirSync(database);
    writeFileSync(join(directory, 'passphrase'), contents.passphrase);
    const inDatabase = ['-d', `sql:${database}`];
    execFileSync('certutil', ['-N', ...inDatabase, '--empty-password']);
    execFileSync('pk12util', ['-i', path, ...inDatabase, '-w', join(directory, 'passphrase')]);
    expect(execFileSync('certutil', ['-L', ...inDatabase], { encoding: 'utf8' })).toMatch(
      /Alex at Exämple +u,u,u/,
    );
    const certificate = execFileSync(
      'certutil',
      ['-L', '-a', '-n', contents.friendlyName, ...inDatabase],
      {
        encoding: 'utf8',
      },
    );
    expect(certificateFingerprint(certificate)).toBe(certificateFingerprint(contents.certificate));
  }
});

test('a PKCS #12 file is read by Node’s own TLS', async () => {
  const contents = await contentsFor(p256());
  const pfx = Buffer.from(await createPkcs12(contents));
  createSecureContext({ pfx, passphrase: contents.passphrase });
  expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow();
});

test('two files of the same key have nothing in common but their outline', async () => {
  const contents = await contentsFor(p256());
  const [first, second] = await Promise.all([createPkcs12(contents), createPkcs12(contents)]);
  expect(Buffer.from(first).equals(second)).toBe(false);
  expect(Buffer.from(first).includes(Buffer.from(contents.privateKeyPkcs8.slice(-32)))).toBe(false);
});
