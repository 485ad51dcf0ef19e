import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';

/** An organisation that the person has joined, as it is remembered. Holds no secret. */
export interface JoinedOrganization {
  /** The profile's `id`. */
  readonly id: string;
  readonly profile: EnrollmentProfile;
  /** The profile as it was signed (compact JWS), so that it can be verified again. */
  readonly signedProfile: string;
  readonly signer: SignerFingerprint;
  readonly vouchedBy: VouchedBy;
  /** Who was invited, so that nobody has to type it. */
  readonly invitedEmail?: string;
  /** ISO 8601. */
  readonly joinedAt: string;
}

/** An external account binding (RFC 8555 §7.3.4); `macKey` is a secret. */
export interface ExternalAccountBinding {
  readonly kid: string;
  /** base64url. */
  readonly macKey: string;
}

/** What a newer profile is measured by. */
export interface Predecessor {
  readonly signer: SignerFingerprint;
  readonly vouchedBy: VouchedBy;
  /** `null`: it is there, but this version cannot read it. */
  readonly profile: EnrollmentProfile | null;
}

/** What joining an organisation needs of the wallet's memory. */
export interface OrganizationStore {
  list(): readonly JoinedOrganization[];
  find(id: string): JoinedOrganization | undefined;
  /** What is known under that id, as far as it can be read. */
  predecessor(id: string): Predecessor | undefined;
  /** Whether the account binding of an invitation waits to be used. */
  hasExternalAccount(id: string): boolean;
  /**
   * Remembers the organisation, or replaces what was known of it. The binding is sealed before it
   * touches the disk and replaces an unused one; without a binding the one kept before stays.
   * `check` sees what is known at the moment of writing; what it throws is thrown, and nothing is changed.
   */
  join(
    organization: JoinedOrganization,
    binding: ExternalAccountBinding | undefined,
    check: (known: Predecessor | undefined) => void,
  ): Promise<void>;
}
