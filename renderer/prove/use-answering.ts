import type { ChallengeView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import { useNow } from '../clock.ts';
import { useRequest } from '../use-request.ts';
import type { ProofSubject } from './proof-subject.ts';
import { secondsUntil } from './time-left.ts';

/** How answering a challenge goes. */
export interface Answering {
  /** An answer is being made, or is on its way. */
  readonly sending: boolean;
  /** How the last answer failed; silent while another one is on its way. */
  readonly failure: Failure | null;
  /** ISO 8601, when the CA said it. */
  readonly retryAt: string | undefined;
  /** That time has not come yet. */
  readonly throttled: boolean;
  readonly answer: (answer: ChallengeAnswer) => Promise<void>;
  /** Ends what waits for the person: a PIN, or a passkey. */
  readonly stop: () => void;
}

export function useAnswering(
  subject: ProofSubject,
  { challengeId, lastFailure }: Pick<ChallengeView, 'challengeId' | 'lastFailure'>,
): Answering {
  const request = useRequest();
  const sending = request.busy || subject.sending;
  const failure = request.failure ?? lastFailure ?? null;
  const retryAt = failure?.code === 'acme-problem' ? failure.problem.retryAt : undefined;
  const throttled = secondsUntil(retryAt, useNow(1000)) > 0;
  return {
    sending,
    failure: sending ? null : failure,
    retryAt: sending ? undefined : retryAt,
    throttled,
    answer: async (answer) => {
      if (sending || throttled || subject.approving?.unread !== undefined) return;
      await request.send(() => subject.answer(challengeId, answer));
    },
    // What it ends tells by itself how it ended.
    stop: () => subject.stop(challengeId),
  };
}
