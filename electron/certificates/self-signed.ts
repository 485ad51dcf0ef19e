import { createHash, type X509Certificate } from 'node:crypto';

/** SHA-256 of the whole certificate, lower-case hex. */
export function fingerprintOf({ raw }: Pick<X509Certificate, 'raw'>): string {
  return createHash('sha256').update(raw).digest('hex');
}

/** Whether the key that a certificate is for has signed it itself; what the key may be used for does not matter. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  if (certificate.issuer !== certificate.subject) return false;
  try {
    return certificate.verify(certificate.publicKey);
  } catch (error) {
    // A kind of key or signature that OpenSSL does not know shows nothing.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Whose a certificate is, and by what it is known. */
export function inWords(certificate: {
  readonly subject: string;
  readonly issuer: string;
  readonly fingerprint: string;
}): string {
  const { subject, issuer, fingerprint } = certificate;
  return `${subject} / ${issuer} / SHA-256 ${fingerprint}`;
}
