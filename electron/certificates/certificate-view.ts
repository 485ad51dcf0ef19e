import { createHash } from 'node:crypto';
import type { CertificateView } from '../../shared/models/credential.ts';
import { readDetails } from './certificate-details.ts';
import { extendedKeyUsageName } from './extended-key-usage.ts';
import { octetsOf, pemText } from './pem.ts';

/** What the person is shown of a certificate, PEM or DER. Cheap enough for lists of thousands. */
export function describeCertificate(certificate: string | Uint8Array): CertificateView {
  const der = octetsOf(certificate);
  const details = readDetails(der);
  return {
    subject: details.subject,
    issuer: details.issuer,
    serialNumber: details.serialNumber,
    notBefore: details.notBefore,
    notAfter: details.notAfter,
    subjectAltNames: details.alternativeNames.map(({ type, value }) => `${type}:${value}`),
    keyUsages: details.keyUsages,
    extendedKeyUsages: details.extendedKeyUsages.map(extendedKeyUsageName),
    sha256: createHash('sha256').update(der).digest('hex'),
    pem: pemText(der),
  };
}
