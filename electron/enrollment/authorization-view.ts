import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import { isAwaited } from './awaited-approvals.ts';
import type { Asked, ChallengeShown, ProofRooms } from './challenges/challenge-type.ts';
import { challengeType } from './challenges/challenge-types.ts';
import { asksForAnother } from './challenges/otp-01.ts';
import { faultOf, isElsewhere } from './challenges/safety.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { strongest } from './strongest.ts';

/** An authorization as the person sees it; `failures`: how answers failed, by the challenge's URL. */
export function viewAuthorization(
  authorization: Authorization,
  failures: ReadonlyMap<string, Failure>,
  rooms: ProofRooms,
): AuthorizationView {
  const { url, identifier, wildcard, status } = authorization;
  const challenges = authorization.challenges.map((challenge) =>
    viewChallenge({ authorization, challenge }, failures, rooms),
  );
  const proposed = status === 'pending' ? strongest(challenges) : undefined;
  return {
    authorizationId: url,
    // RFC 8555 §7.1.4: the `*.` is left out of the identifier, but it is what was asked for.
    identifier: wildcard ? { ...identifier, value: `*.${identifier.value}` } : identifier,
    status: status === 'pending' || status === 'valid' ? status : 'invalid',
    challenges,
    ...(proposed !== undefined && { proposed }),
  };
}

function viewChallenge(
  asked: Asked,
  failures: ReadonlyMap<string, Failure>,
  rooms: ProofRooms,
): ChallengeView {
  const { url, type, status } = asked.challenge;
  const lastFailure = failures.get(url) ?? errorOf(asked.challenge);
  const base = { challengeId: url, type, status, ...(lastFailure && { lastFailure }) };
  return { ...base, ...showChallenge(asked, rooms) };
}

/** A challenge beyond its status; `unsupported` when this wallet cannot meet it, or must not. */
export function showChallenge(asked: Asked, rooms: ProofRooms): ChallengeShown {
  if (isElsewhere(asked, rooms)) return { kind: 'unsupported', because: 'approval' };
  const known = challengeType(asked.challenge.type);
  const because = known && faultOf(asked, known);
  if (because !== undefined) return { kind: 'unsupported', because };
  return known?.show(asked, rooms) ?? { kind: 'unsupported' };
}

/** RFC 8555 §8.2: an error in a challenge that is not decided tells what the last answer was worth. */
export function errorOf(challenge: Challenge): Failure | undefined {
  const { error } = challenge;
  if (error === undefined || asksForAnother(challenge)) return undefined;
  return { code: 'acme-problem', problem: error };
}

/** Why nothing of a pending authorization can ever be met by this wallet; undefined: something can. */
export function refusalOf(
  authorization: Authorization,
  rooms: ProofRooms,
): EnrollmentError | undefined {
  const { status, challenges } = authorization;
  if (status !== 'pending' || isAwaited(authorization)) return undefined;
  const shown = challenges
    .filter((challenge) => challenge.status !== 'invalid')
    .map((challenge) => ({
      type: challenge.type,
      ...showChallenge({ authorization, challenge }, rooms),
    }));
  if (shown.some(({ kind }) => kind !== 'unsupported')) return undefined;
  const doing = 'choosing a challenge';
  for (const each of shown) {
    if (each.kind !== 'unsupported' || each.because === undefined) continue;
    const { because: reason, type } = each;
    return new EnrollmentError({ code: 'unsafe-challenge', reason, type }, doing);
  }
  const types = [...new Set(challenges.map(({ type }) => type))];
  return new EnrollmentError({ code: 'unsupported-challenge', types }, doing);
}
