import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import { challengeType } from './challenges/challenge-types.ts';

/** The last failure of each challenge, by its URL. */
export type LastFailures = ReadonlyMap<string, Failure>;

/** An authorization as the person sees it. */
export function viewAuthorization(
  { url, identifier, status, challenges }: Authorization,
  failures: LastFailures,
): AuthorizationView {
  return {
    authorizationId: url,
    identifier,
    status: status === 'pending' || status === 'valid' ? status : 'invalid',
    challenges: challenges.map((challenge) => viewChallenge(challenge, failures)),
  };
}

function viewChallenge(challenge: Challenge, failures: LastFailures): ChallengeView {
  const known = challengeType(challenge.type);
  const lastFailure = failures.get(challenge.url) ?? errorOf(challenge);
  return {
    challengeId: challenge.url,
    type: challenge.type,
    supported: known !== undefined,
    status: challenge.status,
    ...(known?.describe(challenge) ?? { digits: 6, period: 30 }),
    ...(lastFailure && { lastFailure }),
  };
}

/** RFC 8555 §8.2: an error in a challenge that is not decided tells what the last answer was worth. */
export function errorOf({ error }: Challenge): Failure | undefined {
  return error && { code: 'acme-problem', problem: error };
}

/** Types that could make the authorization valid, if this wallet knew one of them. */
export function unsupportedTypes({ status, challenges }: Authorization): readonly string[] {
  const open = challenges.filter(({ status }) => status !== 'invalid');
  if (status !== 'pending' || open.some(({ type }) => challengeType(type))) return [];
  return [...new Set(challenges.map(({ type }) => type))];
}
