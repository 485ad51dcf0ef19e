import 'reflect-metadata';
import {
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509';
import type { CertificateView } from '../../shared/models/credential.ts';
import { CertificateError } from './certificate-error.ts';
import { extendedKeyUsageName } from './extended-key-usage.ts';
import { certificateFingerprint, parseCertificate } from './pem.ts';

/** A certificate's members that the platform's own parser does not show. Slow: not for long lists. */
export function parseExtensions(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError('unreadable', 'the certificate cannot be read in full', { cause });
  }
}

/** What the person is shown of a certificate. */
export function describeCertificate(certificate: string | Uint8Array): CertificateView {
  const pem = parseCertificate(certificate).toString();
  const parsed = parseExtensions(pem);
  return {
    subject: parsed.subject,
    issuer: parsed.issuer,
    serialNumber: parsed.serialNumber,
    notBefore: parsed.notBefore.toISOString(),
    notAfter: parsed.notAfter.toISOString(),
    subjectAltNames: alternativeNames(parsed).map(({ type, value }) => `${type}:${value}`),
    keyUsages: keyUsages(parsed),
    extendedKeyUsages: extendedKeyUsages(parsed).map(extendedKeyUsageName),
    sha256: certificateFingerprint(pem),
    pem,
  };
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

function keyUsages(certificate: X509Certificate): readonly string[] {
  const flags = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return keyUsageNames.filter((name) => (flags & KeyUsageFlags[name]) !== 0);
}
