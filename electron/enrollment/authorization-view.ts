import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';
import type { DnsRecord, RecordPermission, RecordSighting } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { Challenge } from '../acme/challenge.ts';
import { challengeType } from './challenges/challenge-types.ts';

/** What is known about challenges beyond what the CA says, by their URL. */
export interface Findings {
  readonly failures: ReadonlyMap<string, Failure>;
  readonly sightings: ReadonlyMap<string, RecordSighting>;
  /** Undefined where no record answers the challenge. */
  readonly recordOf: (authorization: Authorization, challenge: Challenge) => DnsRecord | undefined;
  /** For challenges that a record answers; undefined where it permits nothing beyond this order. */
  readonly permissionOf: (
    authorization: Authorization,
    challenge: Challenge,
  ) => RecordPermission | undefined;
}

/** An authorization as the person sees it. */
export function viewAuthorization(
  authorization: Authorization,
  findings: Findings,
): AuthorizationView {
  const { url, identifier, wildcard, status, challenges } = authorization;
  return {
    authorizationId: url,
    // RFC 8555 §7.1.4: the `*.` is left out of the identifier, but it is what was asked for.
    identifier: wildcard ? { ...identifier, value: `*.${identifier.value}` } : identifier,
    status: status === 'pending' || status === 'valid' ? status : 'invalid',
    challenges: challenges.map((challenge) => viewChallenge(authorization, challenge, findings)),
  };
}

function viewChallenge(
  authorization: Authorization,
  challenge: Challenge,
  { failures, sightings, recordOf, permissionOf }: Findings,
): ChallengeView {
  const { url, type, status } = challenge;
  const lastFailure = failures.get(url) ?? errorOf(challenge);
  const base = { challengeId: url, type, status, ...(lastFailure && { lastFailure }) };
  const known = challengeType(type);
  if (known?.kind === 'code') return { ...base, kind: 'code', ...known.describe(challenge) };
  const record = recordOf(authorization, challenge);
  if (known === undefined || record === undefined) return { ...base, kind: 'unsupported' };
  const sighting = sightings.get(url);
  const permits = permissionOf(authorization, challenge);
  return {
    ...{ ...base, kind: 'record', record, stays: known.stays },
    ...(permits && { permits }),
    ...(sighting && { sighting }),
  };
}

/** RFC 8555 §8.2: an error in a challenge that is not decided tells what the last answer was worth. */
export function errorOf({ error }: Challenge): Failure | undefined {
  return error && { code: 'acme-problem', problem: error };
}

/** Types that could make the authorization valid, if this wallet could meet one of them. */
export function unsupportedTypes(
  authorization: Authorization,
  { recordOf }: Pick<Findings, 'recordOf'>,
): readonly string[] {
  const { status, challenges } = authorization;
  const possible = challenges.some(
    (challenge) =>
      challenge.status !== 'invalid' &&
      (challengeType(challenge.type)?.kind === 'code' ||
        recordOf(authorization, challenge) !== undefined),
  );
  if (status !== 'pending' || possible) return [];
  return [...new Set(challenges.map(({ type }) => type))];
}
