import type { Organization, SignerFingerprint } from '../../shared/models/organization.ts';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import { sha256Hex } from './fingerprint.ts';
import { logoUrl } from './logo.ts';

/** An organisation as the page shows it; who vouches is added by whoever knows. */
export function organizationView({
  profile,
  signer,
}: {
  readonly profile: EnrollmentProfile;
  readonly signer: SignerFingerprint;
}): Omit<Organization, 'vouchedBy'> {
  const { name, description, logo, helpdesk, terms } = profile.organization;
  const picture = logo && logoUrl(logo);
  return {
    id: profile.id,
    name,
    ...(description !== undefined && { description }),
    ...(picture !== undefined && { logo: picture }),
    ...(helpdesk !== undefined && { helpdesk }),
    ...(terms !== undefined && { terms }),
    directoryUrl: profile.directory,
    signer,
    rootFingerprints: (profile.roots ?? []).map((root) => sha256Hex(Buffer.from(root, 'base64'))),
    offers: profile.credentials,
  };
}
