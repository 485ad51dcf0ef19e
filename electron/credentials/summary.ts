import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { TokenIdentity } from '../../shared/models/token.ts';
import { networkView } from './network-view.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { OrganizationRecord } from '../wallet/organization-store.ts';

/** A credential as a card shows it. Parses no certificate: there may be thousands of cards. */
export function summarize(
  record: CredentialRecord,
  organization: OrganizationRecord | undefined,
  now: Date,
): CredentialSummary {
  const { type, place, exportable, token } = record.key;
  const expired = Date.parse(record.notAfter) < now.getTime();
  return {
    id: record.id,
    organizationId: record.organizationId,
    organizationName: organization?.profile.organization.name ?? { en: record.organizationId },
    offerId: record.offerId,
    name: record.name,
    purpose: record.purpose,
    subject: record.subject,
    status: record.status === 'active' && expired ? 'expired' : record.status,
    issuedAt: record.issuedAt,
    notBefore: record.notBefore,
    notAfter: record.notAfter,
    renewal: record.renewal,
    key: { type, place, exportable, ...(token && { token: identityOf(token) }) },
    installations: record.installations,
    networks: (record.networks ?? []).map(networkView),
  };
}

/** The module by which a token was reached is nothing that a person needs to know. */
const identityOf = ({ label, manufacturer, model, serial }: TokenIdentity): TokenIdentity => ({
  label,
  manufacturer,
  model,
  serial,
});
