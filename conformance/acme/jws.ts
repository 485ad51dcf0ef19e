import { constants, createPublicKey, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';

export type Header = Readonly<Record<string, unknown>>;

/** Makes the octets that stand where the signature does. */
export type Signing = (input: string) => Buffer;

/** Octets or text in base64url. */
export function encode(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url');
}

/** RFC 7515 §3.1. */
export function compact(header: Header, payload: string, signing: Signing): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${encode(signing(input))}`;
}

/** The JWS algorithm that goes with a private key: one for each curve, RS256 for RSA, EdDSA for Ed25519. */
export function algorithmOf(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'EdDSA';
    case 'rsa':
      return 'RS256';
    case 'rsa-pss':
      return 'PS256';
    default:
      return ofCurve(key.asymmetricKeyDetails?.namedCurve);
  }
}

function ofCurve(name: string | undefined): string {
  switch (name) {
    case 'prime256v1':
      return 'ES256';
    case 'secp384r1':
      return 'ES384';
    case 'secp521r1':
      return 'ES512';
    default:
      throw new RangeError('a key must be P-256, P-384, P-521, Ed25519 or RSA');
  }
}

/** RFC 7518 §3.4, §3.3, §3.5 and RFC 8037 §3.1. */
export function signingBy(key: KeyObject, algorithm = algorithmOf(key)): Signing {
  const digest = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const padding = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return (input) =>
    sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363', ...padding });
}

/** The public half, with its required members only (RFC 7638 §3.2). */
export function publicJwk(key: KeyObject): JsonWebKey {
  const { kty, crv, x, y, n, e } = createPublicKey(key).export({ format: 'jwk' });
  const members = Object.entries({ kty, crv, x, y, n, e });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** RFC 7638, SHA-256, base64url. */
export function thumbprintOf(key: KeyObject): Promise<string> {
  return calculateJwkThumbprint(publicJwk(key));
}
