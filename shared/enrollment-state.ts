import type { ChallengeFault, Failure, Identifier } from './failure.ts';
import type { ApprovalProgress } from './models/approval.ts';
import type { InstallResult } from './models/credential.ts';
import type { KeyPlace, KeyType, Purpose } from './models/enrollment-profile.ts';
import type { LocalizedText } from './models/text.ts';

/** The named steps of an enrolment in RFC 8555 §7.1 order; the timeline shows them. */
export const enrollmentSteps = [
  'preflight',
  'key',
  'account',
  'order',
  'prove',
  'issue',
  'install',
] as const;
export type EnrollmentStep = (typeof enrollmentSteps)[number];

export interface TimelineEntry {
  readonly step: EnrollmentStep;
  readonly status: 'pending' | 'active' | 'done' | 'failed';
  readonly startedAt?: string;
  readonly endedAt?: string;
}

interface ChallengeBase {
  /** The challenge URL, opaque to the renderer. */
  readonly challengeId: string;
  readonly type: string;
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid';
  /** What went wrong the last time, e.g. a wrong code with the tries left. */
  readonly lastFailure?: Failure;
}

/** The person types a one-time code, which never comes back here. */
export interface CodeChallengeView extends ChallengeBase {
  readonly kind: 'code';
  /** How long a code of digits is; absent where it may be any text (otp-01). */
  readonly digits?: 6 | 7 | 8;
  /** Seconds of one step, of a code that changes with time. */
  readonly period?: number;
  readonly prompt?: string;
  /** What the person keys into whatever makes the code (otp-01). */
  readonly display?: string;
  /** The last answer was good, and the CA asks for another one, as `prompt` and `display` say (otp-01). */
  readonly another?: true;
  /** The wallet keeps the secret of this organisation's codes itself, and can make one: no second factor. */
  readonly ownAuthenticator?: true;
  /** The CA put digits where a random token belongs, or nothing: they are no code and never used as one. */
  readonly warning?: 'token-is-not-random';
}

/** The person publishes a DNS record. */
export interface RecordChallengeView extends ChallengeBase {
  readonly kind: 'record';
  readonly record: DnsRecord;
  /** It is meant to be left where it is: it proves later orders as well. */
  readonly stays: boolean;
  /** What a record that stays permits for as long as it is there. */
  readonly permits?: RecordPermission;
  /** What was seen when the person last said that it is published. */
  readonly sighting?: RecordSighting;
}

export interface RecordPermission {
  /** The CA that may issue, as it is called in the DNS. */
  readonly issuer: string;
  /** The CA's directory does not give that name as one of its own. */
  readonly isUnlisted: boolean;
  /** Not for the domain alone: for all names below it as well. */
  readonly includesNamesBelow: boolean;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: 'TXT';
  readonly value: string;
  /** Seconds. */
  readonly ttl: number;
}

export type RecordSighting = { readonly at: string } & (
  | { readonly seen: 'record' | 'partly' | 'nothing' }
  /** Texts of whoever publishes at that name; a few of them, and cut. */
  | { readonly seen: 'other'; readonly values: readonly string[] }
  /** Nobody who has to know could be asked from here. */
  | { readonly seen: 'unknown' }
);

/** The person answers with a certificate that they have and its key (cert-01). */
export interface CertificateChallengeView extends ChallengeBase {
  readonly kind: 'certificate';
  /** Certificates whose key can answer, the best first. */
  readonly candidates: readonly CertificateCandidate[];
  /** Whose certificates the CA wants, as names to read; empty when it does not say. */
  readonly issuers: readonly string[];
}

export interface CertificateCandidate {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly candidateId: string;
  readonly subject: string;
  readonly issuer: string;
  /** What it is for, as names of extended key usages or their numbers. */
  readonly purposes: readonly string[];
  readonly notAfter: string;
  readonly place: KeyPlace;
  /** Label of the token that has the key. */
  readonly token?: string;
  /** The credential of this wallet that it is; absent for a stranger's on a token. */
  readonly credentialId?: string;
  /** Why its key does not sign now. */
  readonly hindrance?: 'token-absent' | 'pin-locked' | 'pin-not-set';
}

/** The person answers with a passkey, or the wallet with a key pair that is registered there (ppkp-01). */
export interface PasskeyChallengeView extends ChallengeBase {
  readonly kind: 'passkey';
  /** The host that the passkey is for, which is the CA's. */
  readonly rpId: string;
  /** Where the passkey can be used; empty when the CA knows none of this person's. */
  readonly ways: readonly PasskeyWay[];
  /** Shown beside the CA's page as well, so that the person sees that both belong together. */
  readonly matchingCode: string;
  /** Where it is being used at this moment. */
  readonly underWay?: PasskeyWay;
  /** Registered key pairs that this wallet has. */
  readonly keys: readonly RegisteredKeyView[];
}

/** A window of the wallet's own, or the system's browser. */
export const passkeyWays = ['window', 'browser'] as const;
export type PasskeyWay = (typeof passkeyWays)[number];

/** A key pair that an organisation knows as this person's, by its thumbprint (RFC 7638). */
export interface RegisteredKeyView {
  readonly thumbprint: string;
  readonly place: KeyPlace;
  /** Label of the token that has it. */
  readonly token?: string;
  readonly registeredAt: string;
}

/** How a challenge is met, by `kind`; `unsupported` is one that this wallet cannot meet. */
export type ChallengeView =
  | CodeChallengeView
  | RecordChallengeView
  | CertificateChallengeView
  | PasskeyChallengeView
  | UnsupportedChallengeView;

export interface UnsupportedChallengeView extends ChallengeBase {
  readonly kind: 'unsupported';
  /** Why a type that the wallet knows is refused here. */
  readonly because?: ChallengeFault;
}

export interface AuthorizationView {
  /** The authorization URL, opaque to the renderer. */
  readonly authorizationId: string;
  readonly identifier: Identifier;
  readonly status: 'pending' | 'valid' | 'invalid';
  readonly challenges: readonly ChallengeView[];
  /** The strongest challenge that this wallet can meet now; absent when there is none. */
  readonly proposed?: string;
  /** It has no challenges: others decide about it. */
  readonly approval?: ApprovalProgress;
}

/** What is known about the CAA records of the domains of an order (RFC 8659). */
export interface CaaView {
  /** What the CA calls itself there; a few at most, none when it does not say. */
  readonly identities: readonly string[];
  /** Domains about which nobody could be asked from here. */
  readonly unasked: readonly string[];
}

interface EnrollmentBase {
  readonly enrollmentId: string;
  readonly organizationId: string;
  readonly offerId: string;
  readonly name: LocalizedText;
  readonly purpose: Purpose;
  /** Host of the CA, shown beside every field that takes a secret. */
  readonly caHost: string;
  readonly subject: string;
  readonly keyType: KeyType;
  /** Where the key lives, as soon as that is decided; `token` is the label. */
  readonly keyPlace?: { readonly place: KeyPlace; readonly token?: string };
  readonly startedAt: string;
  readonly timeline: readonly TimelineEntry[];
  /** For signing in the name of domains, as soon as it is known. */
  readonly caa?: CaaView;
}

/**
 * Where one enrolment stands. `working` needs nobody; `proving` waits for the person;
 * `interrupted` was running when the wallet stopped and can go on.
 */
export type EnrollmentState = EnrollmentBase &
  (
    | { readonly step: 'working'; readonly at: EnrollmentStep }
    | {
        readonly step: 'proving';
        readonly authorizations: readonly AuthorizationView[];
        /** An answer is on its way to the CA, or being made sure of. */
        readonly sending: boolean;
        readonly expiresAt?: string;
      }
    | {
        readonly step: 'installing';
        readonly credentialId: string;
        readonly results: readonly InstallResult[];
      }
    | {
        readonly step: 'done';
        readonly credentialId: string;
        readonly results: readonly InstallResult[];
      }
    | { readonly step: 'interrupted'; readonly at: EnrollmentStep; readonly failure?: Failure }
    | { readonly step: 'failed'; readonly at: EnrollmentStep; readonly failure: Failure }
    | { readonly step: 'cancelled' }
  );
