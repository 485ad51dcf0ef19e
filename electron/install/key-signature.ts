import { randomBytes, verify, type KeyObject, type X509Certificate } from 'node:crypto';
import type { TokenKey } from './install-target.ts';

/** Whether a key signs a fresh nonce where it lies, so that the certificate verifies it. Rejects with what the key's place throws. */
export async function signsFor(
  { publicKey }: X509Certificate,
  key: Pick<TokenKey, 'sign'>,
): Promise<boolean> {
  const nonce = randomBytes(32);
  const signature = await key.sign(nonce);
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify(hashFor(publicKey), nonce, options, signature);
}

/** As `Signer` hashes: RFC 7518 §3.3 and §3.4; Ed25519 takes what it signs whole (RFC 8032 §5.1). */
function hashFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  if (asymmetricKeyType === 'ed25519') return null;
  return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
}
