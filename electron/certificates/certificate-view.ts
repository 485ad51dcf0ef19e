import type { CertificateView } from '../../shared/models/credential.ts';
import { readDetails } from './certificate-details.ts';
import { extendedKeyUsageName } from './extended-key-usage.ts';
import { certificateFingerprint, parseCertificate } from './pem.ts';

/** What the person is shown of a certificate, PEM or DER. */
export function describeCertificate(certificate: string | Uint8Array): CertificateView {
  const pem = parseCertificate(certificate).toString();
  const details = readDetails(pem);
  return {
    subject: details.subject,
    issuer: details.issuer,
    serialNumber: details.serialNumber,
    notBefore: details.notBefore,
    notAfter: details.notAfter,
    subjectAltNames: details.alternativeNames.map(({ type, value }) => `${type}:${value}`),
    keyUsages: details.keyUsages,
    extendedKeyUsages: details.extendedKeyUsages.map(extendedKeyUsageName),
    sha256: certificateFingerprint(pem),
    pem,
  };
}
