import { createHash, type JsonWebKey } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';

// RFC 7638 §3.2: the members that a key of the type must have, in the order of their code points.
const required: Readonly<Record<string, readonly (keyof JsonWebKey)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
  OKP: ['crv', 'kty', 'x'],
};

/** RFC 7638, SHA-256, base64url. */
export function thumbprintOf({ publicJwk }: Pick<Signer, 'publicJwk'>): string {
  const names = required[publicJwk.kty ?? ''];
  if (names === undefined) throw new TypeError('there is no thumbprint for such a key');
  const members = Object.fromEntries(names.map((name) => [name, publicJwk[name]]));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

const sha256 = /^[A-Za-z0-9_-]{43}$/;

/**
 * RFC 8555 §8.1; with the digest of a document that is approved, KA′ of docs/approvals.md §4. Tokens, digests and
 * thumbprints are base64url, so that neither is ever the other.
 */
export function joinKeyAuthorization(
  token: string,
  thumbprint: string,
  approvalDigest?: string,
): string {
  if (approvalDigest === undefined) return `${token}.${thumbprint}`;
  if (!sha256.test(approvalDigest)) throw new TypeError('this is no digest');
  return `${token}.${approvalDigest}.${thumbprint}`;
}
