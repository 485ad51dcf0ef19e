import type { ChallengeView } from '../../../shared/enrollment-state.ts';
import type { Challenge } from '../../acme/challenge.ts';
import type { JsonObject } from '../../acme/json.ts';

/** How one type of challenge is shown to the person and answered; one file per type. */
export interface ChallengeType {
  readonly type: string;
  /** What the CA says about the challenge beyond its type and status. */
  describe(challenge: Challenge): Pick<ChallengeView, 'digits' | 'period' | 'prompt' | 'warning'>;
  /** The response object for a code as the person typed it. Throws `EnrollmentError` before a try is spent. */
  respond(challenge: Challenge, typed: string): JsonObject;
}
