import type { Installation } from '../../shared/models/credential.ts';
import type { KeyPlace, KeyType, Purpose } from '../../shared/models/enrollment-profile.ts';
import type { LocalizedText } from '../../shared/models/text.ts';

/** An issued certificate, its key, and where it was put. */
export interface CredentialRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly offerId: string;
  readonly name: LocalizedText;
  readonly purpose: Purpose;
  readonly subject: string;
  readonly status: 'active' | 'revoked';
  readonly issuedAt: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly renewal: { readonly start: string; readonly end: string };
  readonly key: {
    readonly id: string;
    readonly type: KeyType;
    readonly place: KeyPlace;
    readonly exportable: boolean;
  };
  /** PEM, leaf first. */
  readonly chain: string;
  readonly directoryUrl: string;
  readonly installations: readonly Installation[];
}

export interface CredentialStore {
  list(): readonly CredentialRecord[];
  find(id: string): CredentialRecord | undefined;
  /** Adds or replaces. */
  save(record: CredentialRecord): void;
  remove(id: string): void;
}
