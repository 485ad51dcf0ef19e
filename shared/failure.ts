import type { InstallTargetId } from './models/credential.ts';
import type { Helpdesk } from './models/enrollment-profile.ts';
import type { LocalizedText } from './models/text.ts';

/** An identifier of an order, as RFC 8555 §9.7.7 names its types. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

export type InvitationFault =
  | 'not-an-invitation'
  | 'unsafe-address'
  | 'carries-trust'
  | 'malformed'
  | 'used'
  | 'expired'
  | 'other-organization';

export type ProfileFault =
  | 'too-large'
  | 'not-a-profile'
  | 'signature-invalid'
  | 'newer-version'
  | 'malformed'
  | 'not-yet-valid'
  | 'expired'
  | 'superseded'
  | 'signer-changed';

export type NetworkFault =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'name-not-found'
  | 'unreachable'
  | 'tls-untrusted'
  | 'tls-failed'
  | 'response-too-large'
  | 'response-malformed';

export type CertificateFault =
  | 'key-mismatch'
  | 'chain-broken'
  | 'not-yet-valid'
  | 'expired'
  | 'identifier-mismatch'
  | 'purpose-mismatch'
  | 'unreadable';

export type InstallFault =
  | 'tool-missing'
  | 'store-not-writable'
  | 'store-locked'
  | 'not-found'
  | 'refused'
  | 'not-exportable'
  | 'proof-failed';

/** RFC 7807 problem of the CA, with what RFC 8555 and our profile add. */
export interface ProblemDocument {
  readonly type: string;
  readonly detail: string;
  readonly status: number;
  readonly subproblems: readonly {
    readonly type: string;
    readonly detail: string;
    readonly identifier?: Identifier;
  }[];
  readonly instance?: string;
  readonly helpUrl?: string;
  readonly attemptsRemaining?: number;
  /** ISO 8601 time before which trying again is useless. */
  readonly retryAt?: string;
}

/**
 * Everything that can go wrong, as data: the border turns each thrown error into one of these,
 * and the renderer switches over `code` exhaustively. No member may hold a secret.
 */
export type Failure =
  | { readonly code: 'invalid-request' }
  | { readonly code: 'internal' }
  | { readonly code: 'not-found' }
  | { readonly code: 'cancelled' }
  | { readonly code: 'acme-problem'; readonly problem: ProblemDocument }
  | { readonly code: 'acme-protocol'; readonly detail: string }
  | { readonly code: 'network'; readonly reason: NetworkFault; readonly host: string }
  | { readonly code: 'clock'; readonly skewSeconds: number }
  | { readonly code: 'invitation'; readonly reason: InvitationFault }
  | {
      readonly code: 'profile';
      readonly reason: ProfileFault;
      readonly organization?: LocalizedText;
      readonly helpdesk?: Helpdesk;
    }
  | { readonly code: 'secret-store'; readonly reason: 'absent' | 'locked' | 'denied' | 'damaged' }
  | {
      readonly code: 'wallet-storage';
      readonly reason: 'unreadable' | 'not-writable' | 'newer-version' | 'in-use';
    }
  | { readonly code: 'unsupported-challenge'; readonly types: readonly string[] }
  | { readonly code: 'authorization-failed'; readonly problem?: ProblemDocument }
  | { readonly code: 'order-expired' }
  | { readonly code: 'certificate'; readonly reason: CertificateFault }
  | {
      readonly code: 'install';
      readonly target: InstallTargetId;
      readonly reason: InstallFault;
      readonly detail?: string;
    };

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
