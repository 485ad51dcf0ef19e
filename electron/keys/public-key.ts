import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { SignatureAlgorithm } from './signer.ts';

/** What the public half of a wallet key says about it. */
export interface PublicKey {
  readonly type: KeyType;
  readonly algorithm: SignatureAlgorithm;
  /** Public members only, in RFC 7638 form. */
  readonly jwk: Readonly<JsonWebKey>;
}

/** Reads a public key; throws `TypeError` for one of a kind or size that the wallet does not use. */
export function describePublicKey(key: KeyObject): PublicKey {
  const jwk = jwkOf(key);
  // As a JWK one that is for PSS only looks alike.
  if (key.asymmetricKeyType === 'rsa') {
    const bits = key.asymmetricKeyDetails?.modulusLength;
    const type = rsaTypes.find((each) => each === `RSA-${bits ?? 0}`);
    if (type !== undefined) return { type, algorithm: 'RS256', jwk };
    throw new TypeError(`the wallet makes no RSA keys of ${bits ?? 0} bits`);
  }
  const { crv } = jwk;
  if (crv === 'P-256') return { type: crv, algorithm: 'ES256', jwk };
  if (crv === 'P-384') return { type: crv, algorithm: 'ES384', jwk };
  if (crv === 'Ed25519') return { type: crv, algorithm: 'EdDSA', jwk };
  throw new TypeError(`the wallet makes no ${crv ?? key.asymmetricKeyType ?? 'such'} keys`);
}

const rsaTypes = ['RSA-2048', 'RSA-3072', 'RSA-4096'] as const;

/** As `describePublicKey`, of a DER SubjectPublicKeyInfo that came from outside. */
export function readPublicKey(spki: Uint8Array): PublicKey {
  return describePublicKey(importSpki(spki));
}

/** Whether the private half of that key made the signature, in the form of `Signer.sign`. */
export function isSignatureOf(spki: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const key = importSpki(spki);
  const { algorithm } = describePublicKey(key);
  // RFC 8032 §5.1: Ed25519 hashes by itself.
  const digest = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  return verify(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function importSpki(spki: Uint8Array): KeyObject {
  const key = Buffer.from(spki.buffer, spki.byteOffset, spki.length);
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new TypeError('this is no public key', { cause });
  }
}

function jwkOf(key: KeyObject): Readonly<JsonWebKey> {
  try {
    return key.export({ format: 'jwk' });
  } catch (cause) {
    // Curves that JOSE has no name for.
    throw new TypeError(`the wallet makes no such ${key.asymmetricKeyType ?? ''} keys`, { cause });
  }
}
