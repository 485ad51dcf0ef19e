import type { RegisteredKeyView } from '../enrollment-state.ts';
import type { CredentialOffer, Helpdesk, KeyPlace, KeyType } from './enrollment-profile.ts';
import type { LocalizedText } from './text.ts';
import type { TokenIdentity } from './token.ts';
import type { Failure } from '../failure.ts';

/** Who vouches for an organisation's profile, strongest first (docs/enrollment-profile.md). */
export type VouchedBy =
  | { readonly by: 'managed-policy'; readonly source: string }
  | { readonly by: 'domain'; readonly domain: string }
  | { readonly by: 'comparison' }
  | { readonly by: 'local-ca' };

/** SHA-256 of the profile signer's certificate, in the two forms a person can compare. */
export interface SignerFingerprint {
  /** Lower-case hex, 64 digits. */
  readonly hex: string;
  /** Eight words of the BIP 39 English list: the first 88 bits. */
  readonly words: readonly string[];
}

export interface Organization {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  /** A `data:` URL. */
  readonly logo?: string;
  readonly helpdesk?: Helpdesk;
  readonly terms?: string;
  readonly directoryUrl: string;
  readonly signer: SignerFingerprint;
  readonly rootFingerprints: readonly string[];
  readonly vouchedBy: VouchedBy;
  /** Who was invited, so that nobody has to type it. */
  readonly invitedEmail?: string;
  /** Where the key of the account lives, once there is one. */
  readonly accountKey?: {
    readonly place: KeyPlace;
    readonly type: KeyType;
    readonly token?: TokenIdentity;
  };
  /**
   * Whether the wallet makes the one-time codes of this organisation itself; `unused`: it keeps a secret from when the
   * managed policy allowed that, and makes none. Absent where the policy does not allow it and nothing is kept.
   */
  readonly ownAuthenticator?: 'possible' | 'kept' | 'unused';
  readonly offers: readonly CredentialOffer[];
}

/** What an invitation brings beside the organisation. Its account binding stays in main. */
export interface InvitationSummary {
  readonly offerId?: string;
  readonly email?: string;
  readonly bindsAccount: boolean;
}

/** An organisation that was opened and is looked at, before anything is used. */
export interface OrganizationPreview {
  readonly previewId: string;
  readonly organization: Omit<Organization, 'vouchedBy'>;
  /** `null`: nobody vouches; the person has to compare the signer's fingerprint. */
  readonly vouchedBy: VouchedBy | null;
  readonly invitation?: InvitationSummary;
  readonly alreadyJoined: boolean;
  /** An earlier invitation was not used yet, and this one would take its place: the person decides. */
  readonly replacesInvitation: boolean;
}

export type PreviewState =
  /** A link or a file came from outside; nothing was asked of anybody yet. */
  | {
      readonly status: 'asking';
      readonly kind: 'link' | 'file';
      /** The host of the link, or the name of the file. */
      readonly from: string;
    }
  | { readonly status: 'loading'; readonly host: string }
  | { readonly status: 'ready'; readonly preview: OrganizationPreview }
  | { readonly status: 'failed'; readonly failure: Failure };

/** What an organisation knows as this person's, besides the account. */
export interface RegisteredCredentials {
  /** Of this person, wherever they were made. */
  readonly passkeys: readonly RegisteredPasskeyView[];
  /** Key pairs of this wallet. */
  readonly keys: readonly RegisteredKeyView[];
  /** Whether the organisation takes more of them now: it wants another proof of who it is not long before. */
  readonly canRegister: boolean;
  /** Shown beside the page on which a passkey is made; absent where nothing can ever be registered from here. */
  readonly matchingCode?: string;
}

export interface RegisteredPasskeyView {
  readonly id: string;
  readonly name?: string;
  readonly createdAt: string;
}
