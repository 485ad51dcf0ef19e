import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { joseSignature, type Curve } from '../elliptic-curve.ts';
import { OsKeyError } from './os-key-error.ts';
import type { OsKeyType } from './os-key-store.ts';

/** A public key as the wallet speaks of it, or `unusable` when it is none that the wallet has. */
export function publicKeyOf(key: KeyObject): { type: OsKeyType; publicSpki: Buffer } {
  const publicSpki = key.export({ format: 'der', type: 'spki' });
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const named = key.asymmetricKeyType === 'rsa' ? `RSA-${modulusLength ?? 0}` : (namedCurve ?? '');
  const type = types[named];
  if (type === undefined) throw unusable(`the wallet has no such keys: ${named}`);
  return { type, publicSpki };
}

const types: Readonly<Record<string, OsKeyType>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  'RSA-2048': 'RSA-2048',
  'RSA-3072': 'RSA-3072',
  'RSA-4096': 'RSA-4096',
};

/** Coordinates in their full length; that they are a point of the curve is checked. */
export function ellipticCurveKey(curve: Curve, x: Uint8Array, y: Uint8Array): KeyObject {
  return importKey({ kty: 'EC', crv: curve, x: base64url(x), y: base64url(y) });
}

export function rsaKey(modulus: Uint8Array, exponent: Uint8Array): KeyObject {
  return importKey({ kty: 'RSA', n: base64url(modulus), e: base64url(exponent) });
}

function importKey(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (cause) {
    throw unusable('this is no public key', { cause });
  }
}

const base64url = (octets: Uint8Array): string => Buffer.from(octets).toString('base64url');

/** Octets of a coordinate. */
export const coordinateSizes: Readonly<Record<Curve, number>> = { 'P-256': 32, 'P-384': 48 };

/** An Ecdsa-Sig-Value (RFC 3279 §2.2.3) in DER, which is checked first, as r‖s. */
export function signatureFromDer(curve: Curve, der: Uint8Array): Buffer {
  const octets = Buffer.from(der);
  const rEnd = endOfNumber(octets, 2, coordinateSizes[curve]);
  const end = endOfNumber(octets, rEnd, coordinateSizes[curve]);
  // A signature of these curves has at most 104 octets, so every length is one octet.
  if (octets[0] !== 0x30 || octets[1] !== octets.length - 2 || end !== octets.length) {
    throw unusable('this is no ECDSA signature in DER');
  }
  return joseSignature(curve, octets);
}

/** X.690 §8.3: as few octets as the number takes, and it is positive. */
function endOfNumber(octets: Buffer, start: number, size: number): number {
  const length = octets[start + 1] ?? 0;
  const [first = 0x80, second = 0] = octets.subarray(start + 2, start + 2 + length);
  const isPadded = first === 0 && length > 1;
  const significant = isPadded ? length - 1 : length;
  const isMinimal = !isPadded || second >= 0x80;
  const isNumber = octets[start] === 0x02 && first < 0x80 && isMinimal && significant <= size;
  const end = start + 2 + length;
  if (length === 0 || !isNumber || end > octets.length) {
    throw unusable('this is no ECDSA signature in DER');
  }
  return end;
}

export function unusable(what: string, options?: ErrorOptions): OsKeyError {
  return new OsKeyError({ reason: 'unusable' }, what, options);
}
