import type { SignedResponse } from '../approvals/evidence.ts';
import type { State } from '../state.ts';
import type { Challenge } from '../state/authorizations.ts';
import type { CredentialName } from '../state/throttles.ts';
import type { Verdict } from './challenge-type.ts';

/** How many responses a challenge takes when its type says nothing else. */
const TRIES = 5;
/** Failures within an hour from which on the credential is locked, each time twice as long. */
const FAILURES_BEFORE_LOCK = 10;
/** Failures in a row that end the credential (NIST SP 800-63B §5.2.2). */
const HARD_STOP = 100;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type Admission = {
  readonly credential: CredentialName;
  readonly challenge: Challenge;
  /** How many responses the challenge takes; 5 when not said. */
  readonly tries?: number;
};

/**
 * A response that may be judged. It counts as failed from the start, so that any number of them under way at
 * once, and any that are never decided, are no more guesses than the limits allow. Exactly one of the four is
 * called, within a transaction, when it is decided.
 */
export type Attempt = {
  readonly outcome: 'admitted';
  /** Ends the failures in a row. */
  succeed(signed?: SignedResponse): Verdict;
  fail(): Verdict;
  /** Good as far as it goes, and no failure; but it is one of the responses that the challenge takes. */
  proceed(): Verdict;
  /** For want of a judge: it is one of the responses that the challenge takes, but no failure. */
  withdraw(): void;
};

export type Refusal = Extract<Verdict, { outcome: 'throttled' | 'unusable' }>;

/**
 * Limits guessing. All limits but that on the tries of one challenge are the credential's: another challenge,
 * order, account or address gives nobody more guesses.
 */
export type Throttle = {
  /** Counts a response before it is looked at, in the transaction that judges it or lets it be judged. */
  admit(admission: Admission): Attempt | Refusal;
};

export type ThrottleOptions = { readonly state: State; readonly clock: () => Date };

export function createThrottle({ state, clock }: ThrottleOptions): Throttle {
  const { throttles, challenges } = state;
  return {
    admit: ({ credential, challenge, tries = TRIES }) =>
      state.transaction((): Attempt | Refusal => {
        if (throttles.failuresInARow(credential) >= HARD_STOP) return { outcome: 'unusable' };
        const now = clock();
        const until = lockedUntil(credential, state, now);
        if (until > now) return { outcome: 'throttled', until };
        throttles.dropFailures(credential, new Date(now.getTime() - 2 * HOUR));
        const attempts = challenges.countAttempt(challenge.id);
        const failure = throttles.addFailure(credential, now);
        const attemptsRemaining = Math.max(0, tries - attempts);
        return {
          outcome: 'admitted',
          succeed(signed) {
            throttles.endFailuresInARow(credential, failure);
            return signed === undefined ? { outcome: 'valid' } : { outcome: 'valid', signed };
          },
          fail: () => ({ outcome: 'wrong', attemptsRemaining }),
          proceed() {
            if (attemptsRemaining === 0) return { outcome: 'wrong', attemptsRemaining };
            throttles.takeFailureBack(credential, failure);
            return { outcome: 'continues' };
          },
          withdraw: () => throttles.takeFailureBack(credential, failure),
        };
      }),
  };
}

/** The last failure, and the lock for as many as there were in the hour that ended with it. */
function lockedUntil(credential: CredentialName, { throttles }: State, now: Date): Date {
  // No lock exceeds an hour, so the last failure that matters is within one, and what it counts within two.
  const failures = throttles.failuresAfter(credential, new Date(now.getTime() - 2 * HOUR));
  const last = failures.at(-1)?.getTime() ?? 0;
  const count = failures.filter((at) => at.getTime() > last - HOUR).length;
  if (count < FAILURES_BEFORE_LOCK) return new Date(0);
  return new Date(last + Math.min(HOUR, MINUTE * 2 ** (count - FAILURES_BEFORE_LOCK)));
}
