import fc from 'fast-check';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { integer, sequence, unsignedInteger } from '../../certificates/der.ts';
import { blobOf } from '../../testing/os-keys/cng-double.ts';
import { publicKeyFromBlob } from './cng-blob.ts';
import { publicKeyFromRepresentation } from './macos-keychain.ts';
import { publicKeyOf, signatureFromDer } from './public-key.ts';

const unusable = expect.objectContaining({ code: 'os-key', reason: 'unusable' }) as Error;

const newKey = (type: string) =>
  type.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: Number(type.slice(4)) }).publicKey
    : generateKeyPairSync('ec', { namedCurve: type }).publicKey;

const keys = ['P-256', 'P-384', 'RSA-2048', 'RSA-4096'].map(
  (type) => [type, newKey(type)] as const,
);

describe.each(keys)('the public half of a %s key', (type, key) => {
  const publicSpki = key.export({ format: 'der', type: 'spki' });
  const blob = blobOf(key, type.startsWith('RSA') ? 'RSAPUBLICBLOB' : 'ECCPUBLICBLOB');
  const representation = type.startsWith('RSA')
    ? key.export({ format: 'der', type: 'pkcs1' })
    : publicSpki.subarray(type === 'P-256' ? -65 : -97);

  test('is the same out of a blob of CNG and out of a representation of Apple', () => {
    expect(publicKeyOf(publicKeyFromBlob(blob))).toEqual({ type, publicSpki });
    expect(publicKeyOf(publicKeyFromRepresentation(representation))).toEqual({ type, publicSpki });
  });

  test('is refused when it is cut off, or longer than it says', () => {
    for (let length = 0; length < blob.length; length += 1) {
      expect(() => publicKeyFromBlob(blob.subarray(0, length))).toThrow(unusable);
    }
    for (const octet of [0, 1]) {
      const more = Buffer.from([octet]);
      expect(() => publicKeyFromBlob(Buffer.concat([blob, more]))).toThrow(unusable);
    }
    expect(() => publicKeyFromRepresentation(representation.subarray(0, -1))).toThrow(unusable);
  });
});

test('octets of whatever kind are a key or refused', () => {
  const refusedOrKey = (read: (octets: Buffer) => unknown) => (octets: Uint8Array) => {
    try {
      read(Buffer.from(octets));
    } catch (error) {
      expect(error).toEqual(unusable);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), refusedOrKey(publicKeyFromBlob)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), refusedOrKey(publicKeyFromRepresentation)),
  );
  const headers = fc.constantFrom('ECS1', 'ECS3', 'RSA1', 'ECK1', 'RSA2');
  const withHeader = fc
    .tuple(headers, fc.uint8Array({ maxLength: 100 }))
    .map(([header, rest]) => Buffer.concat([Buffer.from(header), rest]));
  fc.assert(fc.property(withHeader, refusedOrKey(publicKeyFromBlob)));
});

test('a point that is not on the curve is refused', () => {
  const blob = blobOf(newKey('P-256'), 'ECCPUBLICBLOB');
  blob.writeUInt8(blob.readUInt8(20) ^ 1, 20);
  expect(() => publicKeyFromBlob(blob)).toThrow(unusable);
  const point = Buffer.concat([Buffer.from([4]), blob.subarray(8)]);
  expect(() => publicKeyFromRepresentation(point)).toThrow(unusable);
});

test('keys that the wallet does not use are refused', () => {
  for (const type of ['P-521', 'RSA-1024']) {
    expect(() => publicKeyOf(newKey(type))).toThrow(unusable);
  }
});

describe.each([
  ['P-256', 'sha256', 32],
  ['P-384', 'sha384', 48],
] as const)('a signature in DER by a key on %s', (curve, hash, size) => {
  test('verifies as r‖s, also where a number is short', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
    for (let count = 0; count < 300; count += 1) {
      const data = Buffer.from(`what is signed ${count}`);
      const signature = signatureFromDer(curve, sign(hash, data, privateKey));
      expect(signature).toHaveLength(2 * size);
      const key = { key: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })) };
      expect(verify(hash, data, { ...key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });

  test('has both numbers in their places, however long they are', () => {
    const number = fc
      .uint8Array({ minLength: 1, maxLength: size })
      .map((octets) => Buffer.concat([Buffer.alloc(size - octets.length), octets]));
    fc.assert(
      fc.property(number, number, (r, s) => {
        const der = sequence(unsignedInteger(r), unsignedInteger(s));
        expect(signatureFromDer(curve, der)).toEqual(Buffer.concat([r, s]));
      }),
    );
  });

  test('is refused when anything about it is not DER', () => {
    const number = Buffer.alloc(size, 0x55);
    const good = sequence(unsignedInteger(number), unsignedInteger(number));
    const longer = unsignedInteger(Buffer.alloc(size + 1, 0x55));
    const bad = [
      Buffer.alloc(0),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.alloc(1)]),
      sequence(longer, integer(1)),
      sequence(integer(1)),
      sequence(integer(1), integer(1), integer(1)),
      sequence(Buffer.from('0200', 'hex'), integer(1)),
      sequence(Buffer.from('020180', 'hex'), integer(1)),
      sequence(Buffer.from('02020001', 'hex'), integer(1)),
      sequence(Buffer.from('030101', 'hex'), integer(1)),
      sequence(integer(1), Buffer.from('027f01', 'hex')),
      Buffer.from('31060201010201 01'.replace(' ', ''), 'hex'),
    ];
    for (const der of bad) expect(() => signatureFromDer(curve, der)).toThrow(unusable);
  });
});
