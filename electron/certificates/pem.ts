import { X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';
import { readStructure } from './certificate-structure.ts';

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

const firstBlock = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/** The octets of one certificate, PEM or DER; that they are one is for the reader to find out. */
export function octetsOf(certificate: string | Uint8Array): Buffer {
  if (typeof certificate !== 'string') return bufferOf(certificate);
  const base64 = firstBlock.exec(certificate)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  throw new CertificateError('unreadable', 'there is no certificate in it');
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

/** RFC 7468 §3, of octets that are known to be a certificate. */
export function pemText(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The same certificate as PEM of the usual form; whether its signature and dates are right is not asked. */
export function normalizePem(pem: string): string {
  const der = octetsOf(pem);
  try {
    readStructure(der);
  } catch (cause) {
    throw new CertificateError('unreadable', 'this is not an X.509 certificate', { cause });
  }
  return pemText(der);
}

export const pemOf = (der: Uint8Array): string => parseCertificate(der).toString();

export const derOf = (pem: string): Buffer => parseCertificate(pem).raw;

/** SHA-256 of the DER, lower-case hex without colons. */
export const certificateFingerprint = (certificate: string | Uint8Array): string =>
  parseCertificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
