import type {
  ChallengeView,
  DnsRecord,
  PasskeyWay,
  RecordSighting,
} from '../../../shared/enrollment-state.ts';
import type { ChallengeAnswer } from '../../../shared/ipc-requests.ts';
import type { Authorization } from '../../acme/authorization.ts';
import type { Challenge } from '../../acme/challenge.ts';
import type { AcmeClient } from '../../acme/client.ts';
import type { Clock } from '../../acme/clock.ts';
import type { JsonObject } from '../../acme/json.ts';
import type { Sighting } from '../../domain-proofs/visibility.ts';
import type { CertificateRoom } from '../certificate-room.ts';
import { EnrollmentError } from '../enrollment-error.ts';
import type { PasskeyRoom } from '../passkey-room.ts';

/** One challenge, where it was asked. */
export interface Asked {
  readonly authorization: Authorization;
  readonly challenge: Challenge;
}

/** Asks the name servers that a CA would ask. */
export type LookAtRecord = (record: DnsRecord, signal: AbortSignal) => Promise<Sighting>;

/** The wallet's own authenticator, as far as one organisation goes. It is no second factor. */
export interface OwnCodesHere {
  /** Whether a code for this type of challenge can be made, and may be. */
  offers(type: string): boolean;
  code(type: string, signal: AbortSignal): Promise<string>;
}

/** What the challenges of one order are shown and answered with. */
export interface ProofRooms {
  readonly client: AcmeClient;
  readonly clock: Clock;
  readonly lookAtRecord: LookAtRecord;
  readonly certificates: CertificateRoom;
  readonly passkeys: PasskeyRoom;
  /** Codes that the wallet makes itself for this organisation; undefined where it makes none. */
  readonly ownCodes?: OwnCodesHere | undefined;
  /** What was seen of records, by the challenge's URL. */
  readonly sightings: Map<string, RecordSighting>;
  /** When the order lapses. */
  readonly expires: Date | undefined;
  /** Digest of the document that answers approve; an enrolment has none (docs/approvals.md §4). */
  readonly approvalDigest?: string | undefined;
  /** A passkey that is being used at this moment. */
  readonly underWay?: { readonly challengeUrl: string; readonly way: PasskeyWay } | undefined;
}

type WithoutBase<View> = View extends unknown
  ? Omit<View, 'challengeId' | 'type' | 'status' | 'lastFailure'>
  : never;

/** What the person sees of a challenge beyond its type, its status and how it failed. */
export type ChallengeShown = WithoutBase<ChallengeView>;

/** How one type of challenge is shown to the person and answered; one file per type. */
export interface ChallengeType {
  readonly type: string;
  readonly kind: Exclude<ChallengeView['kind'], 'unsupported'>;
  /** Undefined: nothing that this wallet has can answer it. */
  show(asked: Asked, rooms: ProofRooms): ChallengeShown | undefined;
  /**
   * The response object; undefined: there is nothing to tell the CA yet. Whatever it throws was thrown before a try
   * is spent: `EnrollmentError` `invalid-request` for an answer that is none to this challenge.
   */
  respond(asked: Asked, answer: ChallengeAnswer, work: AnswerWork): Promise<JsonObject | undefined>;
}

export interface AnswerWork {
  readonly rooms: ProofRooms;
  /** Aborted when the person stops it, or the enrolment. */
  readonly signal: AbortSignal;
}

export const notAnAnswer = (): EnrollmentError =>
  new EnrollmentError({ code: 'invalid-request' }, 'answering a challenge');
