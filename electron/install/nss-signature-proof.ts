import { randomBytes, verify, type X509Certificate } from 'node:crypto';
import { readSignedRequest } from './certification-request.ts';
import { InstallError } from './install-target.ts';
import { nssKeyId } from './key-id.ts';
import type { NssDatabase } from './nss-database.ts';

/**
 * Has NSS sign a fresh nonce with the key that it finds for a certificate, and checks the signature by Node's crypto.
 * Not by cmsutil: that signs only with certificates for e-mail.
 */
export async function proveSignature(
  database: NssDatabase,
  certificate: X509Certificate,
): Promise<void> {
  const nonce = randomBytes(16).toString('hex');
  const hash = hashFor(certificate);
  const keyId = nssKeyId(certificate);
  const request = readSignedRequest(await database.signRequest({ keyId, commonName: nonce, hash }));
  if (!request?.signed || !Buffer.from(request.signed).includes(nonce)) {
    throw new InstallError('nss', 'proof-failed', 'certutil signed something else', {
      link: 'key',
    });
  }
  if (!verify(hash, request.signed, certificate.publicKey, request.signature)) {
    throw new InstallError('nss', 'proof-failed', 'the signature does not fit the certificate', {
      link: 'key',
    });
  }
}

/** As long as the curve, as in RFC 7518 §3.4. */
function hashFor({ publicKey }: X509Certificate): 'SHA256' | 'SHA384' {
  return publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'SHA384' : 'SHA256';
}
