import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { requireProgram } from '../testing/server-program.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { certificateBundle } from './certificate-bundle.ts';
import { certificateFingerprint, readChain } from './pem.ts';

beforeAll(() => requireProgram('openssl', 'openssl'));

const openssl = (input: Uint8Array, ...words: readonly string[]): string =>
  execFileSync('openssl', words, { input, encoding: 'utf8' });

test('OpenSSL reads the certificates of a bundle, and finds no signature', async () => {
  const root = await TestAuthority.root();
  const issuer = await root.intermediate();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const chain = [await issuer.issue({ spki }), issuer.certificate, root.certificate];
  const bundle = certificateBundle(chain);
  const printed = openssl(bundle, 'pkcs7', '-inform', 'DER', '-print_certs');
  const fingerprints = (pem: readonly string[]) => pem.map(certificateFingerprint).sort();
  expect(fingerprints(readChain(printed))).toEqual(fingerprints(chain));
  const outline = openssl(bundle, 'cms', '-inform', 'DER', '-cmsout', '-print', '-noout');
  expect(outline).toMatch(/signerInfos:\s+<EMPTY>/);
});
