/** @module-tag deep */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchFixture } from './testing/fixture.ts';

const execute = promisify(execFile);
const STRICT = fileURLToPath(new URL('./strict.ts', import.meta.url));

// In a process of its own: the checks stay for as long as it lives.
const ATTEMPTS: Readonly<Record<string, string>> = {
  'P-256 keys': `generateKeyPairSync('ec', { namedCurve: 'P-256' })`,
  'Ed25519 keys': `generateKeyPairSync('ed25519')`,
  'awaited RSA keys': `promisify(generateKeyPair)('rsa', { modulusLength: 2048 })`,
  'SHA-256': `createHash('SHA-256')`,
  'RSA-SHA256 signatures': `createSign('RSA-SHA256')`,
  'AES-256-GCM': `createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12))`,
  'WebCrypto ECDSA': `subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign'])`,
  'secp256k1 keys': `generateKeyPairSync('ec', { namedCurve: 'secp256k1' })`,
  'brainpool ECDH': `createECDH('brainpoolP256r1')`,
  'Ed448 keys': `generateKeyPairSync('ed448')`,
  'awaited X448 keys': `promisify(generateKeyPair)('x448')`,
  'RSA-PSS keys': `generateKeyPairSync('rsa-pss', { modulusLength: 2048 })`,
  SHA3: `createHash('sha3-256')`,
  'AES key wrap': `createCipheriv('id-aes256-wrap', Buffer.alloc(32), Buffer.alloc(8, 0xa6))`,
  ChaCha20: `createCipheriv('chacha20-poly1305', Buffer.alloc(32), Buffer.alloc(12))`,
  'WebCrypto AES-KW': `subtle.generateKey({ name: 'AES-KW', length: 256 }, false, ['wrapKey'])`,
  'a secp256k1 key in PEM': 'createPublicKey(pem)',
};

const PROGRAM = `
  import { generateKeyPairSync as make } from 'node:crypto';
  const pem = make('ec', { namedCurve: 'secp256k1' }).publicKey.export({ type: 'spki', format: 'pem' });
  const { allowOnlyBoringSsl } = await import(${JSON.stringify(STRICT)});
  allowOnlyBoringSsl();
  const { promisify } = await import('node:util');
  const { createCipheriv, createECDH, createHash, createPublicKey, createSign, generateKeyPair, generateKeyPairSync,
    getCurves, webcrypto: { subtle } } = await import('node:crypto');
  const results = { curves: getCurves() };
  const attempt = async (name, run) => {
    try { await run(); results[name] = 'works'; } catch (error) { results[name] = error.code + ' ' + error.message; }
  };
  ${Object.entries(ATTEMPTS)
    .map(([name, code]) => `await attempt(${JSON.stringify(name)}, async () => ${code});`)
    .join('\n')}
  console.log(JSON.stringify(results));
`;

describe('strict mode', () => {
  let results: Record<string, unknown>;
  beforeAll(async () => {
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    results = JSON.parse(stdout) as Record<string, unknown>;
  });

  it.each(Object.keys(ATTEMPTS).slice(0, 7))('leaves %s alone', (name) => {
    expect(results[name]).toBe('works');
  });

  it.each([
    ['secp256k1 keys', 'curve secp256k1'],
    ['brainpool ECDH', 'curve brainpoolP256r1'],
    ['Ed448 keys', 'key type ed448'],
    ['awaited X448 keys', 'key type x448'],
    ['RSA-PSS keys', 'key type rsa-pss'],
    ['SHA3', 'hash sha3-256'],
    ['AES key wrap', 'cipher id-aes256-wrap'],
    ['ChaCha20', 'cipher chacha20-poly1305'],
    ['WebCrypto AES-KW', 'WebCrypto algorithm AES-KW'],
    ['a secp256k1 key in PEM', 'curve secp256k1'],
  ])('refuses %s by name', (name, what) => {
    expect(results[name]).toBe(`ERR_STANDIN_BORINGSSL stand-in: BoringSSL has no ${what}`);
  });

  it('lists what is left', () => {
    expect(results['curves']).toStrictEqual(['prime256v1', 'secp224r1', 'secp384r1', 'secp521r1']);
  });

  it('applies to the whole app', { timeout: 180_000 }, async () => {
    await using fixture = await launchFixture({ env: { STANDIN_STRICT: '1' } });
    const seen = await fixture.app.evaluate(() => {
      const { execArgv } = process;
      const { createECDH } = process.getBuiltinModule('node:crypto');
      try {
        return [createECDH('secp256k1'), execArgv];
      } catch (error) {
        return [(error as Error).name, execArgv.includes('--unhandled-rejections=strict')];
      }
    });
    expect(seen).toStrictEqual(['BoringSslError', true]);
  });
});
