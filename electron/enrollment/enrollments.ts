import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';

export interface StartRequest {
  readonly organizationId: string;
  readonly offerId: string;
  readonly email?: string;
  readonly keyType?: KeyType;
}

export interface OtpAnswer {
  readonly enrollmentId: string;
  /** The challenge URL. */
  readonly challengeId: string;
  readonly otp: string;
}

/** All enrolments of this wallet, running, waiting and ended. Rejections are errors that `toFailure` knows. */
export interface Enrollments {
  /** Resolves when the enrolment is in the journal; the rest is reported to the listeners. */
  start(request: StartRequest): Promise<{ readonly enrollmentId: string }>;
  /** One call is at most one attempt at the CA. Resolves when the CA has judged, whatever it said. */
  answerOtp(answer: OtpAnswer): Promise<void>;
  cancel(enrollmentId: string): Promise<void>;
  resume(enrollmentId: string): Promise<void>;
  /** Goes on with every interrupted enrolment that needs nobody; for start-up and for a network that came back. */
  resumeAll(): void;
  /** Takes an ended enrolment off the list. */
  dismiss(enrollmentId: string): Promise<void>;
  /** Oldest first. */
  states(): readonly EnrollmentState[];
  subscribe(listener: (state: EnrollmentState) => void): () => void;
  /** Stops every run where it stands; the journal knows how to go on. */
  close(): Promise<void>;
}
