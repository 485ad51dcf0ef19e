import { createHash, type X509Certificate } from 'node:crypto';
import { InstallError } from './install-target.ts';

/**
 * The CKA_ID under which NSS keeps a certificate and its key: SHA-1 of the public point (EC) or the modulus (RSA).
 * Nicknames will not do: NSS gives all certificates of one subject the nickname of the first.
 */
export function nssKeyId({ publicKey }: X509Certificate): Buffer {
  const { kty, x, y, n } = publicKey.export({ format: 'jwk' });
  if (kty === 'RSA' && n) return sha1(Buffer.from(n, 'base64url'));
  if (kty === 'EC' && x && y) {
    // SEC 1 §2.3.3: an uncompressed point.
    return sha1(Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url'));
  }
  // RFC 8037 keys: NSS neither imports them nor signs in with them.
  throw new InstallError('nss', 'refused', `no key of type ${kty ?? 'unknown'}`);
}

/** RFC 7512: how NSS's tools are told by id which certificate is meant. */
export function certificateUri(keyId: Uint8Array): string {
  const id = Array.from(keyId, (octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');
  return `pkcs11:id=${id};type=cert`;
}

function sha1(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
