import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';
import { ProfileError } from './errors.ts';
import type { OrganizationStore, Predecessor } from './organization-store.ts';
import { contactOf, type VerifiedProfile } from './profile.ts';

/** A profile whose signature holds, and how it came here. */
export interface Candidate {
  readonly profile: EnrollmentProfile;
  readonly signer: SignerFingerprint;
  readonly origin:
    | { readonly kind: 'link'; readonly from: string }
    | { readonly kind: 'file' }
    | { readonly kind: 'local-ca' };
}

/** One way of knowing a signer: says who vouches, or `null` when it knows nothing. */
export type Voucher = (candidate: Candidate) => Promise<VouchedBy | null> | VouchedBy | null;

/** The first voucher that knows the signer decides; they stand in order of rank. */
export async function whoVouches(
  candidate: Candidate,
  vouchers: readonly Voucher[],
): Promise<VouchedBy | null> {
  for (const voucher of vouchers) {
    const vouchedBy = await voucher(candidate);
    if (vouchedBy !== null) return vouchedBy;
  }
  return null;
}

/** Rank 3, once done: whom the person compared before is not compared again, for the same organisation only. */
export function earlierComparison(store: Pick<OrganizationStore, 'predecessor'>): Voucher {
  return ({ profile, signer }) => {
    const known = store.predecessor(profile.id);
    const isCompared = known?.vouchedBy.by === 'comparison' && known.signer.hex === signer.hex;
    return isCompared ? known.vouchedBy : null;
  };
}

/**
 * Whether a profile may take the place of the one that is known (`ProfileError` otherwise):
 * only the same signer may replace, and never by an older profile. Of one that cannot be read only the signer counts.
 */
export function checkSuccession(next: VerifiedProfile, known: Predecessor | undefined): void {
  if (known === undefined) return;
  const contact = known.profile === null ? {} : contactOf(known.profile.organization);
  if (known.signer.hex !== next.signer.hex) {
    throw new ProfileError('signer-changed', 'the profile is signed by somebody else than before', {
      contact,
    });
  }
  const { profile } = known;
  if (profile !== null && Date.parse(next.profile.issued) < Date.parse(profile.issued)) {
    throw new ProfileError('superseded', 'the profile is older than the one that is known', {
      contact,
    });
  }
}
