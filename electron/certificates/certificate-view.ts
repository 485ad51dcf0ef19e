import type { CertificateView } from '../../shared/models/credential.ts';
import {
  alternativeNames,
  extendedKeyUsages,
  keyUsages,
  parseExtensions,
} from './certificate-extensions.ts';
import { extendedKeyUsageName } from './extended-key-usage.ts';
import { certificateFingerprint, parseCertificate } from './pem.ts';

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
