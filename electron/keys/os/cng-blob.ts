import type { KeyObject } from 'node:crypto';
import type { Curve } from '../elliptic-curve.ts';
import { coordinateSizes, ellipticCurveKey, rsaKey, unusable } from './public-key.ts';

// bcrypt.h: the magic numbers of public keys, little-endian as everything in the headers.
const curves: Readonly<Record<number, Curve>> = {
  // BCRYPT_ECDSA_PUBLIC_P256_MAGIC, "ECS1"
  0x31534345: 'P-256',
  // BCRYPT_ECDSA_PUBLIC_P384_MAGIC, "ECS3"
  0x33534345: 'P-384',
};
/** BCRYPT_RSAPUBLIC_MAGIC, "RSA1". */
const rsaMagic = 0x31415352;

const eccHeader = 8;
const rsaHeader = 24;
const longestModulus = 512;
const longestExponent = 8;

/** Reads a BCRYPT_ECCPUBLIC_BLOB or BCRYPT_RSAPUBLIC_BLOB (learn.microsoft.com: BCRYPT_ECCKEY_BLOB, BCRYPT_RSAKEY_BLOB). */
export function publicKeyFromBlob(blob: Buffer): KeyObject {
  if (blob.length < eccHeader) throw unusable('the blob of a key is too short');
  const magic = blob.readUInt32LE(0);
  if (magic === rsaMagic) return rsaKeyFrom(blob);
  const curve = curves[magic];
  if (curve === undefined) throw unusable(`a blob of another kind, 0x${magic.toString(16)}`);
  return ellipticCurveKeyFrom(blob, curve);
}

/** `ULONG dwMagic, cbKey`, then X and Y of `cbKey` octets each, big-endian. */
function ellipticCurveKeyFrom(blob: Buffer, curve: Curve): KeyObject {
  const size = blob.readUInt32LE(4);
  if (size !== coordinateSizes[curve] || blob.length !== eccHeader + 2 * size) {
    throw unusable(`the blob of a key on ${curve} has the wrong length`);
  }
  const point = blob.subarray(eccHeader);
  return ellipticCurveKey(curve, point.subarray(0, size), point.subarray(size));
}

/** `ULONG Magic, BitLength, cbPublicExp, cbModulus, cbPrime1, cbPrime2`, then exponent and modulus, big-endian. */
function rsaKeyFrom(blob: Buffer): KeyObject {
  if (blob.length < rsaHeader) throw unusable('the blob of an RSA key is too short');
  const bits = blob.readUInt32LE(4);
  const exponent = blob.readUInt32LE(8);
  const modulus = blob.readUInt32LE(12);
  const isSound = exponent <= longestExponent && modulus <= longestModulus && bits === 8 * modulus;
  if (!isSound || blob.length !== rsaHeader + exponent + modulus) {
    throw unusable('the blob of an RSA key has the wrong length');
  }
  const numbers = blob.subarray(rsaHeader);
  return rsaKey(numbers.subarray(exponent), numbers.subarray(0, exponent));
}
