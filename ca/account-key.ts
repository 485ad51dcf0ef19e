import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { JWK } from 'jose';
import { Problem } from './problems.ts';

/** A public key that signs ACME requests. */
export type AccountKey = {
  /** The public members only, in canonical form. */
  readonly jwk: JWK;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly key: KeyObject;
  /** The JWS algorithms that this key may be used with. */
  readonly algorithms: readonly string[];
};

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** RFC 8555 §6.2: never `none`, never a MAC. `Ed25519` is the name of RFC 9864 for `EdDSA`. */
export const signatureAlgorithms: readonly string[] = [
  ...Object.values(curveAlgorithms),
  'EdDSA',
  'Ed25519',
  ...rsaAlgorithms,
];

/** Reads a JWK from a protected header. Throws `badPublicKey` when it is not fit to sign with. */
export async function importAccountKey(value: unknown): Promise<AccountKey> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('malformed', 'The "jwk" header parameter is no JSON object.');
  }
  if ('d' in value || 'k' in value) {
    throw new Problem('badPublicKey', 'The "jwk" header parameter holds a secret key.');
  }
  const key = importPublicJwk(value);
  const algorithms = algorithmsOf(key);
  const jwk = key.export({ format: 'jwk' });
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk), key, algorithms };
}

export type AccountKeys = {
  /** The key of an account, imported once and then remembered. */
  of(account: { readonly thumbprint: string; readonly jwk: JWK }): Promise<AccountKey>;
};

export function createAccountKeys(capacity = 1000): AccountKeys {
  const known = new Map<string, AccountKey>();
  return {
    async of({ thumbprint, jwk }) {
      const found = known.get(thumbprint);
      if (found !== undefined) return found;
      const key = await importAccountKey(jwk);
      if (known.size >= capacity) known.clear();
      known.set(thumbprint, key);
      return key;
    },
  };
}

/** RFC 7638, SHA-256, base64url. */
export function thumbprintOf(key: KeyObject): Promise<string> {
  return calculateJwkThumbprint(key.export({ format: 'jwk' }));
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
