import { X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads one certificate, PEM or DER, by the platform's own parser. */
export function parseCertificate(certificate: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new CertificateError('unreadable', 'this is not an X.509 certificate', { cause });
  }
}

/** The certificates of a PEM file in their order, each as PEM of its own; text around them is left out. */
export function readChain(pem: string): readonly string[] {
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0)
    throw new CertificateError('unreadable', 'there is no certificate in it');
  return blocks.map((each) => parseCertificate(each).toString());
}

export const pemOf = (der: Uint8Array): string => parseCertificate(der).toString();

export const derOf = (pem: string): Buffer => parseCertificate(pem).raw;

/** SHA-256 of the DER, lower-case hex without colons. */
export const certificateFingerprint = (certificate: string | Uint8Array): string =>
  parseCertificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
