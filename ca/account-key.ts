import { createHash, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { curveAlgorithms, rsaAlgorithms } from './jws-algorithms.ts';
import { Problem } from './problems.ts';

/** A public key that signs ACME requests. */
export type AccountKey = {
  /** The public members only, in canonical form. */
  readonly jwk: JsonWebKey;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  /** The JWS algorithms that this key may be used with. */
  readonly algorithms: readonly string[];
};

/** Reads a JWK from a protected header. Throws `badPublicKey` when it is not fit to sign with. */
export function importAccountKey(value: unknown): AccountKey {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('malformed', 'The "jwk" is no JSON object.');
  }
  if ('d' in value || 'k' in value) {
    throw new Problem('badPublicKey', 'The "jwk" holds a secret key.');
  }
  const key = importPublicJwk(value);
  const algorithms = algorithmsOf(key);
  return { jwk: key.export({ format: 'jwk' }), thumbprint: thumbprintOf(key), key, algorithms };
}

/** RFC 7638, SHA-256, base64url: of the required members alone, in the order of their names. */
export function thumbprintOf(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  // JSON leaves undefined members out, and so the members of other kinds of keys.
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}

export type AccountKeys = {
  /** The key of an account, imported once and then remembered. */
  of(account: { readonly thumbprint: string; readonly jwk: JsonWebKey }): AccountKey;
};

export function createAccountKeys(capacity = 1000): AccountKeys {
  const known = new Map<string, AccountKey>();
  return {
    of({ thumbprint, jwk }) {
      const found = known.get(thumbprint);
      if (found !== undefined) return found;
      const key = importAccountKey(jwk);
      if (known.size >= capacity) known.clear();
      known.set(thumbprint, key);
      return key;
    },
  };
}

function importPublicJwk(jwk: object): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch (cause) {
    throw new Problem('badPublicKey', 'The public key cannot be read.', { cause });
  }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const weakness = weaknessOf(key);
  if (weakness !== undefined) throw new Problem('badPublicKey', weakness);
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  if (key.asymmetricKeyType === 'rsa') return rsaAlgorithms;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  return [curveAlgorithms[curve] ?? ''];
}

/** Why a public key is not accepted, for an account or in a certificate; undefined when it is. */
export function weaknessOf(key: KeyObject): string | undefined {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return undefined;
    case 'ec':
      if (Object.hasOwn(curveAlgorithms, details.namedCurve ?? '')) return undefined;
      return 'Elliptic curve keys must be on P-256, P-384 or P-521.';
    case 'rsa':
      return rsaWeakness(details.modulusLength ?? 0, details.publicExponent ?? 0n);
    default:
      return 'Keys must be RSA, elliptic curve or Ed25519.';
  }
}

function rsaWeakness(modulusLength: number, publicExponent: bigint): string | undefined {
  if (modulusLength < 2048)
    return `An RSA key of ${modulusLength} bits is too short: 2048 at least.`;
  if (modulusLength > 8192) return `An RSA key of ${modulusLength} bits is too long: 8192 at most.`;
  if (publicExponent < 65537n || publicExponent % 2n === 0n) {
    return 'The RSA public exponent must be odd and 65537 at least.';
  }
  return undefined;
}
