import { p256, p384 } from '@noble/curves/nist.js';
import { constants, privateEncrypt, type KeyObject } from 'node:crypto';

/** Signs a digest as operating systems do; OpenSSL would hash it once more. `der`: as X9.62 and Apple have it. */
export function signDigest(key: KeyObject, digest: Uint8Array, format: 'compact' | 'der'): Buffer {
  if (key.asymmetricKeyType === 'rsa') return signByRsa(key, digest);
  const { crv, d = '' } = key.export({ format: 'jwk' });
  const curve = crv === 'P-256' ? p256 : p384;
  const secret = Uint8Array.from(Buffer.from(d, 'base64url'));
  return Buffer.from(curve.sign(Uint8Array.from(digest), secret, { prehash: false, format }));
}

function signByRsa(key: KeyObject, digest: Uint8Array): Buffer {
  // DigestInfo of SHA-256 (RFC 8017 §9.2).
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const padding = constants.RSA_PKCS1_PADDING;
  return privateEncrypt({ key, padding }, Buffer.concat([digestInfo, digest]));
}
