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

/** A certificate with the members that the platform's own parser does not show. Slow: not for long lists. */
export function parseExtensions(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError('unreadable', 'the certificate cannot be read in full', { cause });
  }
}

/** Names of the kinds `dns`, `email`, `ip`, `upn`, `url`, …; kinds that cannot be read are left out. */
export function alternativeNames(
  certificate: X509Certificate,
): readonly { readonly type: string; readonly value: string }[] {
  const extension = certificate.getExtension(SubjectAlternativeNameExtension);
  return extension?.names.items.map(({ type, value }) => ({ type, value })) ?? [];
}

/** OIDs; empty when the certificate has no such restriction. */
export const extendedKeyUsages = (certificate: X509Certificate): readonly string[] =>
  certificate.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? [];

/** How many CAs may stand between this one and a leaf (RFC 5280 §4.2.1.9); undefined: any number. */
export const pathLength = (certificate: X509Certificate): number | undefined =>
  certificate.getExtension(BasicConstraintsExtension)?.pathLength;

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

/** By their RFC 5280 §4.2.1.3 names. */
export function keyUsages(certificate: X509Certificate): readonly string[] {
  const flags = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return keyUsageNames.filter((name) => (flags & KeyUsageFlags[name]) !== 0);
}
