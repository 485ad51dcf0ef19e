import type { Failure, Identifier } from './failure.ts';
import type { InstallResult } from './models/credential.ts';
import type { KeyType, Purpose } from './models/enrollment-profile.ts';
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

/** A challenge as the person sees it; the one-time code itself never comes back here. */
export interface ChallengeView {
  /** The challenge URL, opaque to the renderer. */
  readonly challengeId: string;
  readonly type: string;
  readonly supported: boolean;
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid';
  readonly digits: 6 | 7 | 8;
  /** Seconds of one TOTP step. */
  readonly period: number;
  readonly prompt?: string;
  /** The CA put digits where a random token belongs, or nothing: they are no code and never used as one. */
  readonly warning?: 'token-is-not-random';
  /** What went wrong the last time, e.g. a wrong code with the tries left. */
  readonly lastFailure?: Failure;
}

export interface AuthorizationView {
  /** The authorization URL, opaque to the renderer. */
  readonly authorizationId: string;
  readonly identifier: Identifier;
  readonly status: 'pending' | 'valid' | 'invalid';
  readonly challenges: readonly ChallengeView[];
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
  readonly startedAt: string;
  readonly timeline: readonly TimelineEntry[];
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
        /** A code is on its way to the CA. */
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
