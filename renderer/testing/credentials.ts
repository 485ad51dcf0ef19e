import type { ProofLink } from '../../shared/failure.ts';
import type {
  CertificateView,
  CredentialDetail,
  CredentialSummary,
  Installation,
  Proof,
} from '../../shared/models/credential.ts';
import { northlight } from './organizations.ts';

/** The present, as far as the fixtures are concerned. */
export const now = Date.parse('2026-11-22T10:00:12Z');

export const inBrowsers: Installation = {
  target: 'nss',
  location: '/home/alex/.pki/nssdb',
  installedAt: '2026-09-01T08:12:40Z',
  proofs: [
    { status: 'proven', method: 'signature', by: 'cmsutil', at: '2026-09-01T08:12:41Z' },
    { status: 'proven', method: 'listed', by: 'certutil', at: '2026-09-01T08:12:41Z' },
    { status: 'proven', method: 'mutual-tls', by: 'Chromium', at: '2026-11-20T17:03:00Z' },
  ],
};

/** A test of the browsers that found this link broken. */
export const brokenAt = (link: ProofLink): Proof => ({
  status: 'failed',
  method: 'mutual-tls',
  failure: {
    code: 'install',
    target: 'nss',
    reason: 'proof-failed',
    link,
    detail: 'SSL alert number 44',
  },
  at: '2026-11-22T10:00:02Z',
});

export const untested: Installation = { ...inBrowsers, proofs: [{ status: 'not-tried' }] };

export const wifiCredential: CredentialSummary = {
  id: 'c-wifi',
  organizationId: northlight.id,
  organizationName: northlight.name,
  offerId: 'wifi',
  name: { en: 'Wi-Fi and VPN', de: 'WLAN und VPN' },
  purpose: 'client',
  subject: 'alex@northlight.example',
  status: 'active',
  issuedAt: '2026-09-01T08:12:36Z',
  notBefore: '2026-09-01T08:11:36Z',
  notAfter: '2027-03-01T08:11:36Z',
  renewal: { start: '2027-01-15T00:00:00Z', end: '2027-02-05T00:00:00Z' },
  key: { type: 'P-256', place: 'software', exportable: false },
  installations: [inBrowsers],
  networks: [],
};

export const signingCredential: CredentialSummary = {
  ...wifiCredential,
  id: 'c-documents',
  offerId: 'documents',
  name: { en: 'Signing documents', de: 'Dokumente signieren' },
  purpose: 'documentSigning',
  subject: 'Alex Demo',
  notBefore: '2026-10-10T12:00:00Z',
  notAfter: '2027-10-10T12:00:00Z',
  renewal: { start: '2027-08-01T00:00:00Z', end: '2027-09-10T00:00:00Z' },
  key: { type: 'P-256', place: 'software', exportable: true },
  installations: [untested],
};

export const dueCredential: CredentialSummary = {
  ...wifiCredential,
  id: 'c-due',
  notBefore: '2026-06-10T08:00:00Z',
  notAfter: '2026-12-07T08:00:00Z',
  renewal: { start: '2026-11-10T00:00:00Z', end: '2026-11-28T00:00:00Z' },
};

export const expiredCredential: CredentialSummary = {
  ...wifiCredential,
  id: 'c-expired',
  status: 'expired',
  notBefore: '2026-05-01T08:00:00Z',
  notAfter: '2026-11-01T08:00:00Z',
  renewal: { start: '2026-09-15T00:00:00Z', end: '2026-10-05T00:00:00Z' },
};

export const revokedCredential: CredentialSummary = {
  ...signingCredential,
  id: 'c-revoked',
  status: 'revoked',
  installations: [],
};

const leaf: CertificateView = {
  subject: 'CN=alex@northlight.example',
  issuer: 'CN=Northlight Issuing CA 3,O=Northlight Shipyards,C=DE',
  serialNumber: '4f2a99c01be7',
  notBefore: wifiCredential.notBefore,
  notAfter: wifiCredential.notAfter,
  subjectAltNames: ['email:alex@northlight.example'],
  keyUsages: ['digitalSignature'],
  extendedKeyUsages: ['clientAuth'],
  sha256: '0b7e4a1f66d2c3908fe1a5b47c2d9e8800f1e2d3c4b5a69788796a5b4c3d2e1f',
  pem: `-----BEGIN CERTIFICATE-----\n${`${'MIIB'.repeat(16)}\n`.repeat(9)}-----END CERTIFICATE-----\n`,
};

export const wifiDetail: CredentialDetail = {
  ...wifiCredential,
  chain: [
    leaf,
    {
      ...leaf,
      subject: leaf.issuer,
      issuer: 'CN=Northlight Root CA,O=Northlight Shipyards,C=DE',
      subjectAltNames: [],
      keyUsages: ['keyCertSign', 'cRLSign'],
      extendedKeyUsages: [],
      sha256: leaf.sha256.split('').toReversed().join(''),
    },
  ],
  history: [
    { at: '2026-09-01T08:11:58Z', event: 'order-created', detail: 'ca.northlight.example' },
    { at: '2026-09-01T08:12:30Z', event: 'code-refused' },
    { at: '2026-09-01T08:12:34Z', event: 'code-sent' },
    { at: '2026-09-01T08:12:36Z', event: 'certificate-issued' },
    { at: '2026-09-01T08:12:40Z', event: 'installed', detail: 'nss' },
    { at: '2026-11-20T17:03:00Z', event: 'proven', detail: 'Chromium' },
  ],
};

/** As many as nobody has, but a service account may. */
export function manyCredentials(count: number): readonly CredentialSummary[] {
  return Array.from({ length: count }, (_, index) => ({
    ...wifiCredential,
    id: `c-${index}`,
    subject: `person-${String(index).padStart(5, '0')}@northlight.example`,
    notAfter: new Date(Date.parse('2027-03-01T08:11:36Z') + index * 3_600_000).toISOString(),
  }));
}
