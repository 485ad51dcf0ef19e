import type { ApprovalFault } from './models/approval.ts';
import type { InstallTargetId } from './models/credential.ts';
import type { Helpdesk } from './models/enrollment-profile.ts';
import type { NetworkFileFault } from './models/network.ts';
import type { DocumentFault, TimestampFault } from './models/signing.ts';
import type { LocalizedText } from './models/text.ts';

/** An identifier of an order, as RFC 8555 §9.7.7 names its types. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

export const invitationFaults = [
  'not-an-invitation',
  'unsafe-address',
  'carries-trust',
  'malformed',
  'other-organization',
  'required',
  'not-accepted',
] as const;
export type InvitationFault = (typeof invitationFaults)[number];

export const profileFaults = [
  'too-large',
  'not-a-profile',
  'signature-invalid',
  'newer-version',
  'malformed',
  'not-yet-valid',
  'expired',
  'superseded',
  'signer-changed',
] as const;
export type ProfileFault = (typeof profileFaults)[number];

export const networkFaults = [
  'refused',
  'reset',
  'timeout',
  'name-not-found',
  'unreachable',
  'tls-untrusted',
  'tls-failed',
  'proxy-authentication',
  'proxy-refused',
  'response-too-large',
  'response-malformed',
] as const;
export type NetworkFault = (typeof networkFaults)[number];

export const certificateFaults = [
  'key-mismatch',
  'chain-broken',
  'not-yet-valid',
  'expired',
  'identifier-mismatch',
  'purpose-mismatch',
  'unreadable',
] as const;
export type CertificateFault = (typeof certificateFaults)[number];

export const installFaults = [
  'tool-missing',
  'store-not-writable',
  // An administrator's password would have to be asked for, and nobody is there.
  'administrator-needed',
  'store-locked',
  'not-found',
  // The token has no certificate for programs to find.
  'not-on-token',
  'refused',
  'not-exportable',
  // The program there has no use for such a credential.
  'unsuitable',
  'not-running',
  'proof-failed',
] as const;
export type InstallFault = (typeof installFaults)[number];

/** Which link of the chain from a key to a program that lets somebody in is broken, where a proof found that out. */
export const proofLinks = [
  // The key does not sign, or not for this certificate.
  'key',
  'pin',
  // The target does not list the certificate, or has no key for it.
  'not-listed',
  // No trusted issuer leads to it here.
  'chain',
  'revoked',
  'expired',
  'purpose',
  // The other side does not take certificates of this CA.
  'wrong-ca',
  // The other side's own certificate comes from elsewhere than it has to.
  'server-ca',
  // … or names another host.
  'name-mismatch',
  // The other side refused and did not say why.
  'refused',
  'unreachable',
] as const;
export type ProofLink = (typeof proofLinks)[number];

/** What goes wrong with a token, a key on it or its PIN. */
export const tokenFaults = [
  'not-present',
  'removed',
  'ambiguous',
  'pin-needed',
  'pin-incorrect',
  'pin-locked',
  'pin-not-set',
  'pin-to-be-changed',
  'pin-invalid',
  'pin-cancelled',
  'pin-timed-out',
  'final-try',
  'puk-incorrect',
  'puk-locked',
  'puk-final-try',
  'full',
  'read-only',
  'not-supported',
  'key-not-found',
  'key-not-chosen',
  'key-mismatch',
  'certificate-in-the-way',
  'busy',
  'refused',
  'malformed',
  'crashed',
  'hung',
] as const;
export type TokenFault = (typeof tokenFaults)[number];

/** Why a file cannot serve as a PKCS #11 module. */
export const moduleFaults = [
  'missing',
  'not-readable',
  'not-a-library',
  'other-architecture',
  'quarantined',
  'dependency-missing',
  'not-pkcs11',
  'initialize-failed',
  'unsafe',
  'not-allowed',
  'crashed',
  'hung',
] as const;
export type ModuleFault = (typeof moduleFaults)[number];

/**
 * Why a challenge is not answered. `token`: it is no random value that could be signed. `rp-id`: not the CA's own
 * host. `challenge`: the CA's WebAuthn challenge is not what it must be. `page`: the CA's page is not on its own origin.
 * `beside-domain-proof`: a code would stand in for control over a domain. `identifier`: codes and certificates of people prove no such name.
 */
export const challengeFaults = [
  'token',
  'rp-id',
  'challenge',
  'page',
  'beside-domain-proof',
  'identifier',
  // It asks somebody who orders for an approval, or an approver for something else than was shown.
  'approval',
] as const;
export type ChallengeFault = (typeof challengeFaults)[number];

/** What goes wrong with a passkey. `refused`: the browser or the authenticator would not, without saying why. */
export const passkeyFaults = [
  'closed',
  'timed-out',
  'refused',
  'not-verified',
  'already-registered',
  'not-supported',
  'strayed',
] as const;
export type PasskeyFault = (typeof passkeyFaults)[number];

/** Why a certificate cannot answer a challenge. */
export const candidateFaults = [
  'gone',
  'not-yet-valid',
  'expired',
  'not-wanted',
  'algorithm',
] as const;
export type CandidateFault = (typeof candidateFaults)[number];

/** Why the wallet makes no one-time codes itself. `unreadable`: what it was to make them by is no set-up. */
export const authenticatorFaults = ['unreadable', 'not-allowed', 'not-kept'] as const;
export type AuthenticatorFault = (typeof authenticatorFaults)[number];

export const secretStoreFaults = ['absent', 'locked', 'denied', 'damaged'] as const;
export type SecretStoreFault = (typeof secretStoreFaults)[number];

export const walletStorageFaults = [
  'unreadable',
  'not-writable',
  'newer-version',
  'in-use',
] as const;
export type WalletStorageFault = (typeof walletStorageFaults)[number];

export const caaFaults = ['issuer', 'account', 'method', 'critical', 'unreadable'] as const;
/** Why the CAA records of a domain do not let the CA issue. */
export type CaaFault = (typeof caaFaults)[number];

export const issueTags = ['issue', 'issuewild'] as const;

/** A CAA record that lets a CA issue (RFC 8659 §4.2, §4.3). */
export interface CaaRecord {
  /** Without a dot at the end. */
  readonly name: string;
  readonly tag: (typeof issueTags)[number];
  /** Printable ASCII without quotes and backslashes. */
  readonly value: string;
}

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
  | {
      readonly code: 'invitation';
      readonly reason: InvitationFault;
      /** What the CA said as it refused: it may not tell used from withdrawn or expired. */
      readonly problem?: ProblemDocument;
    }
  /** The CA asks for agreement to terms that the person was not shown. */
  | { readonly code: 'terms'; readonly url: string }
  | {
      readonly code: 'profile';
      readonly reason: ProfileFault;
      /** For who writes it, which member does not fit, e.g. `credentials[0].key.types`, and why where that is known. */
      readonly detail?: string;
      readonly organization?: LocalizedText;
      readonly helpdesk?: Helpdesk;
    }
  | { readonly code: 'secret-store'; readonly reason: SecretStoreFault }
  | {
      readonly code: 'token';
      readonly reason: TokenFault;
      /** What the module calls itself. */
      readonly module: string;
      /** The token's label. */
      readonly token?: string;
      /** The name of what PKCS #11 answered, e.g. `CKR_DEVICE_ERROR`, or which certificate is in the way. */
      readonly detail?: string;
    }
  | {
      readonly code: 'token-module';
      readonly reason: ModuleFault;
      readonly path: string;
      /** e.g. the architecture that it is for. */
      readonly detail?: string;
    }
  | {
      readonly code: 'wallet-storage';
      readonly reason: WalletStorageFault;
    }
  | { readonly code: 'unsupported-challenge'; readonly types: readonly string[] }
  | { readonly code: 'unsafe-challenge'; readonly reason: ChallengeFault; readonly type: string }
  | {
      readonly code: 'passkey';
      readonly reason: PasskeyFault;
      /** The name of what WebAuthn answered, e.g. `NotAllowedError`. */
      readonly detail?: string;
    }
  /** Of a certificate with which the person wanted to answer. */
  | { readonly code: 'candidate'; readonly reason: CandidateFault }
  | { readonly code: 'authenticator'; readonly reason: AuthenticatorFault }
  | { readonly code: 'network-file'; readonly reason: NetworkFileFault }
  | { readonly code: 'document'; readonly reason: DocumentFault }
  | { readonly code: 'timestamp'; readonly reason: TimestampFault; readonly host: string }
  | { readonly code: 'approval'; readonly reason: ApprovalFault; readonly detail?: string }
  /** Of an order that others were to approve. */
  | {
      readonly code: 'not-approved';
      readonly reason: 'declined' | 'expired' | 'withdrawn';
      /** Who, and in which words. */
      readonly by?: string;
      readonly detail?: string;
    }
  | { readonly code: 'authorization-failed'; readonly problem?: ProblemDocument }
  | { readonly code: 'order-expired' }
  /** The CA would have to refuse; nothing was ordered. */
  | {
      readonly code: 'caa';
      readonly reason: CaaFault;
      readonly domain: string;
      /** The name that has the records which count for the domain. */
      readonly at: string;
      /** What the CA calls itself in such records. */
      readonly issuer: string;
      /** Added to the others, it lets the CA issue; absent where one of them has to go. */
      readonly record?: CaaRecord;
    }
  | { readonly code: 'certificate'; readonly reason: CertificateFault }
  | {
      readonly code: 'install';
      /** `file`: where the person wanted a copy; programs do not look there. */
      readonly target: InstallTargetId;
      readonly reason: InstallFault;
      /** Of `proof-failed`. */
      readonly link?: ProofLink;
      readonly detail?: string;
    };

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
