import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import type { OrganizationRecord } from '../wallet/organization-store.ts';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';

const at = '2026-11-22T10:00:00.000Z';

export const sampleProfile: EnrollmentProfile = {
  version: 1,
  id: 'org.example',
  issued: at,
  expires: '2027-11-22T10:00:00.000Z',
  organization: { name: { en: 'Example' } },
  directory: 'https://ca.example/directory',
  externalAccount: 'required',
  credentials: [
    {
      id: 'wifi',
      name: { en: 'Wi-Fi' },
      purpose: 'client',
      identifiers: [{ type: 'email', value: '{subject.email}' }],
      key: { types: ['P-256'], places: ['software'], exportable: false },
      install: [],
    },
  ],
};

export function sampleOrganization(profile = sampleProfile): OrganizationRecord {
  const payload = Buffer.from(JSON.stringify(profile)).toString('base64url');
  return {
    id: profile.id,
    profile,
    signedProfile: `e30.${payload}.c2ln`,
    signer: { hex: 'ab'.repeat(32), words: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] },
    vouchedBy: { by: 'domain', domain: 'ca.example' },
    invitedEmail: 'alex@example.test',
    joinedAt: at,
  };
}

export const sampleEnrollment: EnrollmentRecord = {
  id: 'enrollment-1',
  state: 'needs-order',
  startedAt: at,
  plan: {
    organizationId: 'org.example',
    offerId: 'wifi',
    name: { en: 'Wi-Fi' },
    purpose: 'client',
    directoryUrl: 'https://ca.example/directory',
    subject: 'alex@example.test',
    identifiers: [{ type: 'email', value: 'alex@example.test' }],
    key: { type: 'P-256', place: 'software', exportable: false },
    targets: ['nss'],
  },
  timeline: [{ step: 'preflight', status: 'done', startedAt: at, endedAt: at }],
  keyId: 'key-1',
  credentialId: 'credential-1',
};

export const sampleCredential: CredentialRecord = {
  id: 'credential-1',
  organizationId: 'org.example',
  offerId: 'wifi',
  name: { en: 'Wi-Fi' },
  purpose: 'client',
  subject: 'alex@example.test',
  status: 'active',
  issuedAt: at,
  notBefore: at,
  notAfter: '2027-11-22T10:00:00.000Z',
  renewal: { start: '2027-07-22T10:00:00.000Z', end: '2027-10-22T10:00:00.000Z' },
  key: { id: 'key-1', type: 'P-256', place: 'software', exportable: false },
  chain: '-----BEGIN CERTIFICATE-----',
  directoryUrl: 'https://ca.example/directory',
  installations: [
    {
      target: 'nss',
      location: '/home/alex/.pki/nssdb',
      installedAt: at,
      proofs: [
        { status: 'proven', method: 'signature', by: 'cmsutil', at },
        {
          status: 'failed',
          at,
          failure: { code: 'install', target: 'nss', reason: 'proof-failed' },
        },
      ],
    },
  ],
};
