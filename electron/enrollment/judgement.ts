import type { Failure, ProblemDocument } from '../../shared/failure.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import { errorOf } from './authorization-view.ts';
import { EnrollmentError } from './enrollment-error.ts';

/** The CA has taken notice of an answer. */
export function isNoticed({ status, challenges }: Authorization, challengeUrl: string): boolean {
  const challenge = challenges.find(({ url }) => url === challengeUrl);
  return status !== 'pending' || challenge?.status !== 'pending' || challenge.error !== undefined;
}

/** The CA has judged an answer. */
export function isDecided({ status, challenges }: Authorization, challengeUrl: string): boolean {
  const challenge = challenges.find(({ url }) => url === challengeUrl);
  // A valid challenge makes the authorization valid, if not in the same instant (RFC 8555 §7.1.6).
  const undecided = challenge?.status === 'processing' || challenge?.status === 'valid';
  return status !== 'pending' || !undecided;
}

/** It can never become valid. */
export function isLost({ status }: Authorization): boolean {
  return status !== 'valid' && status !== 'pending';
}

/** Why an authorization is lost. */
export function rejectionOf(
  { status, challenges }: Authorization,
  failures: ReadonlyMap<string, Failure>,
): EnrollmentError {
  const doing = 'proving an identifier';
  if (status === 'expired') return new EnrollmentError({ code: 'order-expired' }, doing);
  const problem = problemOf(challenges, failures);
  const failure = { code: 'authorization-failed', ...(problem && { problem }) } as const;
  return new EnrollmentError(failure, doing);
}

/** What the CA answered to the person's last try says more than what it keeps in the challenge. */
function problemOf(
  challenges: readonly Challenge[],
  failures: ReadonlyMap<string, Failure>,
): ProblemDocument | undefined {
  for (const challenge of challenges) {
    const failure = failures.get(challenge.url) ?? errorOf(challenge);
    if (failure?.code === 'acme-problem') return failure.problem;
  }
  return undefined;
}
