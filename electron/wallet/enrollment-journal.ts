import type { TimelineEntry } from '../../shared/enrollment-state.ts';
import type { Failure, Identifier } from '../../shared/failure.ts';
import type {
  KeyPlace,
  KeyType,
  ProfileInstallTarget,
  Purpose,
} from '../../shared/models/enrollment-profile.ts';
import type { LocalizedText } from '../../shared/models/text.ts';

/** What one enrolment needs next, and how it can have ended. */
export const journalStates = [
  'needs-key',
  'needs-account',
  'needs-order',
  'needs-proof',
  'needs-issuance',
  'needs-certificate',
  'needs-installation',
  'done',
  'failed',
  'cancelled',
] as const;
export type JournalState = (typeof journalStates)[number];

/** What was decided before anything was asked of the CA; it never changes afterwards. */
export interface EnrollmentPlan {
  readonly organizationId: string;
  readonly offerId: string;
  readonly name: LocalizedText;
  readonly purpose: Purpose;
  readonly directoryUrl: string;
  readonly subject: string;
  readonly commonName?: string;
  readonly identifiers: readonly Identifier[];
  /** The ACME profile to order. */
  readonly profile?: string;
  readonly key: {
    readonly type: KeyType;
    readonly place: KeyPlace;
    readonly exportable: boolean;
  };
  readonly install: readonly ProfileInstallTarget[];
  readonly renewalFraction?: number;
}

/** An answer that went to the CA; the code itself is nowhere. */
export interface SentAnswer {
  readonly authorizationUrl: string;
  readonly challengeUrl: string;
  readonly at: string;
}

/** One enrolment as the disk knows it. Each fact is written before the deed that it describes. */
export interface EnrollmentRecord {
  readonly id: string;
  readonly state: JournalState;
  readonly startedAt: string;
  readonly plan: EnrollmentPlan;
  readonly timeline: readonly TimelineEntry[];
  readonly keyId: string;
  readonly orderUrl?: string;
  readonly answerSent?: SentAnswer;
  /** DER, base64: a repeated finalize sends the same request. */
  readonly csr?: string;
  readonly certificateUrl?: string;
  readonly credentialId?: string;
  readonly failure?: Failure;
}

export interface EnrollmentJournal {
  /** Oldest first. */
  list(): readonly EnrollmentRecord[];
  find(id: string): EnrollmentRecord | undefined;
  /** Adds or replaces; on the disk when this returns. */
  write(record: EnrollmentRecord): void;
  remove(id: string): void;
}
