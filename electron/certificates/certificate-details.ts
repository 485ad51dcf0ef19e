import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509';
import { CertificateError } from './certificate-error.ts';

/** A certificate in full, where the platform's own parser shows a part. */
export interface CertificateDetails {
  /** RFC 4514. */
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Of the kinds `dns`, `email`, `ip`, `upn`, `url`, …; kinds that cannot be read are left out. */
  readonly alternativeNames: readonly { readonly type: string; readonly value: string }[];
  /** By their RFC 5280 §4.2.1.3 names. */
  readonly keyUsages: readonly string[];
  /** OIDs; empty when the certificate has no such restriction. */
  readonly extendedKeyUsages: readonly string[];
  /** How many CAs may stand between this one and a leaf (RFC 5280 §4.2.1.9); undefined: any number. */
  readonly pathLength: number | undefined;
}

/** Reads one certificate. Slow, about a millisecond: not for long lists. */
export function readDetails(pem: string): CertificateDetails {
  try {
    return detailsOf(new X509Certificate(pem));
  } catch (cause) {
    throw new CertificateError('unreadable', 'the certificate cannot be read in full', { cause });
  }
}

// The library reads extensions when they are asked for, and throws then.
function detailsOf(certificate: X509Certificate): CertificateDetails {
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serialNumber: certificate.serialNumber,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    alternativeNames: names.map(({ type, value }) => ({ type, value })),
    keyUsages: keyUsagesOf(certificate),
    extendedKeyUsages:
      certificate.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? [],
    pathLength: certificate.getExtension(BasicConstraintsExtension)?.pathLength,
  };
}

const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

function keyUsagesOf(certificate: X509Certificate): readonly string[] {
  const flags = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return keyUsageNames.filter((name) => (flags & KeyUsageFlags[name]) !== 0);
}
