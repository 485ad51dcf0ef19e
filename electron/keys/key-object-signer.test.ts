import fc from 'fast-check';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  verify,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { integer, sequence, unsignedInteger } from '../certificates/der.ts';
import { joseSignature } from './elliptic-curve.ts';
import { KeyObjectSigner } from './key-object-signer.ts';

const newKey = (namedCurve: string): KeyObject =>
  generateKeyPairSync('ec', { namedCurve }).privateKey;

describe.each([
  ['P-256', 'ES256', 'sha256', 32],
  ['P-384', 'ES384', 'sha384', 48],
] as const)('a key on %s', (curve, algorithm, digest, size) => {
  test('is described as the platform describes it', () => {
    for (let count = 0; count < 300; count += 1) {
      const key = newKey(curve);
      const publicKey = createPublicKey(key);
      const signer = new KeyObjectSigner(key);
      expect(signer.algorithm).toBe(algorithm);
      expect(signer.publicJwk).toEqual(publicKey.export({ format: 'jwk' }));
      const spki = publicKey.export({ format: 'der', type: 'spki' });
      expect(Buffer.from(signer.publicSpki).equals(spki)).toBe(true);
    }
  });

  test('makes signatures as JOSE has them, also where a number is short', async () => {
    const signer = new KeyObjectSigner(newKey(curve));
    const publicKey = createPublicKey({ key: { ...signer.publicJwk }, format: 'jwk' });
    // Every hundred-and-twenty-eighth has an octet less in one of its numbers.
    for (let count = 0; count < 600; count += 1) {
      const data = Buffer.from(`what is signed ${count}`);
      const signature = await signer.sign(data);
      expect(signature).toHaveLength(2 * size);
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      expect(verify(digest, data, key, signature)).toBe(true);
    }
  });

  test('has its numbers where they belong, however long they are', () => {
    const number = fc
      .uint8Array({ minLength: 1, maxLength: size })
      .map((octets) => Buffer.concat([Buffer.alloc(size - octets.length), octets]));
    fc.assert(
      fc.property(number, number, (r, s) => {
        const written = sequence(unsignedInteger(r), unsignedInteger(s));
        expect(joseSignature(curve, written)).toEqual(Buffer.concat([r, s]));
      }),
    );
    const least = Buffer.alloc(2 * size);
    least[size - 1] = 1;
    least[2 * size - 1] = 2;
    expect(joseSignature(curve, sequence(integer(1), integer(2)))).toEqual(least);
  });
});

test.each<[string, () => KeyObject]>([
  ['of a curve that JOSE has no name for', () => newKey('brainpoolP256r1')],
  ['of a curve for other things', () => newKey('secp256k1')],
  ['of P-521', () => newKey('P-521')],
  ['for Ed448', () => generateKeyPairSync('ed448').privateKey],
  ['for agreement only', () => generateKeyPairSync('x25519').privateKey],
  ['of RSA with 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
  ['for RSA-PSS only', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
])('a key %s is none of the wallet', (_title, make) => {
  expect(() => new KeyObjectSigner(make())).toThrow(TypeError);
});

test('an Ed25519 key is described as RFC 8037 and RFC 8410 want it, and signs as RFC 8032 does', async () => {
  // RFC 8032 §7.1, test 3, as RFC 8410 §7 writes private keys.
  const seed = 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7';
  const publicKey = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025';
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const signer = new KeyObjectSigner(
    createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
  );
  expect(signer.algorithm).toBe('EdDSA');
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  expect(signer.publicJwk).toEqual({ crv: 'Ed25519', kty: 'OKP', x });
  const spki = Buffer.from(`302a300506032b6570032100${publicKey}`, 'hex');
  expect(Buffer.from(signer.publicSpki)).toEqual(spki);
  const signature = Buffer.from(await signer.sign(Buffer.from('af82', 'hex'))).toString('hex');
  expect(signature).toBe(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  );
});
