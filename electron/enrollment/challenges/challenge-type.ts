import type { CodeChallengeView } from '../../../shared/enrollment-state.ts';
import type { Challenge } from '../../acme/challenge.ts';
import type { ProofRequest } from '../../acme/domain-proof.ts';
import type { JsonObject } from '../../acme/json.ts';
import type { TxtRecord } from '../../domain-proofs/txt-record.ts';

/** The person types a code, which is the answer. */
export interface CodeChallengeType {
  readonly kind: 'code';
  readonly type: string;
  /** What the CA says about the challenge beyond its type and status. */
  describe(
    challenge: Challenge,
  ): Pick<CodeChallengeView, 'digits' | 'period' | 'prompt' | 'warning'>;
  /** The response object for a code as the person typed it. Throws `EnrollmentError` before a try is spent. */
  respond(challenge: Challenge, typed: string): JsonObject;
}

/** The person publishes a record; the answer only says that it is there. */
export interface RecordChallengeType {
  readonly kind: 'record';
  readonly type: string;
  /** It is meant to be left where it is. */
  readonly stays: boolean;
  /** Whom a record that stays lets issue, of a challenge that a record can answer. */
  readonly issuer?: (challenge: Challenge) => string;
  /** Throws `DnsError` or `DomainProofError` for a challenge that no record can answer. */
  record(request: ProofRequest): TxtRecord;
}

/** How one type of challenge is shown to the person and answered; one file per type. */
export type ChallengeType = CodeChallengeType | RecordChallengeType;
