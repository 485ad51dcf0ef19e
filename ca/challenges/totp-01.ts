import { timingSafeEqual } from 'node:crypto';
import { generateSync } from 'otplib/functional';
import type { JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';
import type { State } from '../state.ts';
import type { TotpCredential } from '../state/persons.ts';
import type { AnsweredChallengeType, Verdict } from './challenge-type.ts';

export type TotpOptions = { readonly state: State; readonly clock: () => Date };

/** Responses that one challenge takes. */
const ATTEMPTS = 5;
/** Failures within an hour from which on the credential is locked, each time twice as long. */
const FAILURES_BEFORE_LOCK = 10;
/** Failures in a row that end the credential (NIST SP 800-63B §5.2.2). */
const HARD_STOP = 100;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * RFC 6238 codes, judged against the credential of the account's person. All limits are the credential's:
 * another challenge, order or account gives nobody more guesses.
 */
export function createTotp({ state, clock }: TotpOptions): AnsweredChallengeType {
  return {
    kind: 'answered',
    type: 'totp-01',
    describe({ person }) {
      const credential = person && state.totpCredentials.find(person.id);
      if (person === undefined || credential === undefined) return {};
      const { digits, period } = credential;
      return { digits, period, prompt: `Authenticator app code for ${person.email}` };
    },
    answer({ challenge, person, payload }) {
      const otp = readOtp(payload);
      return state.transaction((): Verdict => {
        const now = clock();
        const credential = person && state.totpCredentials.find(person.id);
        if (credential === undefined || credential.consecutiveFailures >= HARD_STOP) {
          return { outcome: 'unusable' };
        }
        if (credential.lockedUntil > now) {
          return { outcome: 'throttled', until: credential.lockedUntil };
        }
        const attempts = state.challenges.countAttempt(challenge.id);
        const step = acceptedStep(credential, otp, now);
        if (step === undefined) {
          state.totpCredentials.recordFailure(
            credential.personId,
            now,
            lockAfter(state, credential, now),
          );
          return { outcome: 'wrong', attemptsRemaining: Math.max(0, ATTEMPTS - attempts) };
        }
        state.totpCredentials.recordSuccess(credential.personId, step);
        return { outcome: 'valid' };
      });
    },
  };
}

function readOtp(payload: JwsHeader): string {
  const otp = payload['otp'];
  if (typeof otp === 'string' && /^[0-9]{6,8}$/.test(otp)) return otp;
  throw new Problem('malformed', 'The response must have an "otp": a text of 6 to 8 digits.');
}

/** The time step that the code belongs to, if it is near now and was not used (RFC 6238 §5.2). */
function acceptedStep(credential: TotpCredential, otp: string, now: Date): number | undefined {
  const { secret, digits, period } = credential;
  const current = Math.floor(now.getTime() / 1000 / period);
  // Every candidate is computed and compared, so that time tells nothing.
  const matching = [current - 1, current, current + 1].filter((step) => {
    const code = generateSync({ strategy: 'totp', secret, digits, period, epoch: step * period });
    return isEqual(code, otp);
  });
  return matching.find((step) => step > credential.lastStep);
}

function isEqual(expected: string, given: string): boolean {
  const padded = Buffer.from(given.padEnd(expected.length).slice(0, expected.length));
  return timingSafeEqual(Buffer.from(expected), padded) && expected.length === given.length;
}

/** Until when the credential is locked after one more failure; undefined while there are few. */
function lockAfter(state: State, { personId }: TotpCredential, now: Date): Date | undefined {
  const anHourAgo = new Date(now.getTime() - HOUR);
  const failures = state.totpCredentials.failuresSince(personId, anHourAgo) + 1;
  if (failures < FAILURES_BEFORE_LOCK) return undefined;
  const lock = Math.min(HOUR, MINUTE * 2 ** (failures - FAILURES_BEFORE_LOCK));
  return new Date(now.getTime() + lock);
}
