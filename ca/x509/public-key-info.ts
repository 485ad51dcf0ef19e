import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * DER SubjectPublicKeyInfo of an RSA, elliptic curve or Ed25519 key in the one form that RFC 5480, RFC 3279
 * and RFC 8410 give it. OpenSSL by itself keeps the wording in which the key came: curves spelt out,
 * compressed points.
 */
export function publicKeyInfoOf(key: KeyObject): Buffer {
  const plain = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return plain.export({ format: 'der', type: 'spki' });
}
