import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import type { SignerFingerprint, VouchedBy } from '../../shared/models/organization.ts';

/** An organisation the person has joined: its profile as it was verified, and who vouched for it. */
export interface OrganizationRecord {
  /** The profile's own `id`. */
  readonly id: string;
  /** Compact JWS exactly as verified. */
  readonly profileJws: string;
  /** The payload of `profileJws`, parsed again on every reading. */
  readonly profile: EnrollmentProfile;
  readonly signer: SignerFingerprint;
  readonly vouchedBy: VouchedBy;
  /** ISO 8601. */
  readonly joinedAt: string;
}

export interface OrganizationStore {
  list(): readonly OrganizationRecord[];
  find(id: string): OrganizationRecord | undefined;
  /** Adds or replaces; an external account binding that waits for its use stays. */
  save(record: Omit<OrganizationRecord, 'id' | 'profile'>): OrganizationRecord;
  /** Keeps an invitation's sealed external account binding until it is used; replaces an older one. */
  putExternalAccount(id: string, sealed: Uint8Array): void;
  externalAccount(id: string): Uint8Array | undefined;
  removeExternalAccount(id: string): void;
}
