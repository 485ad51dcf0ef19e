import type { AuthorizationView, ChallengeView } from '../../shared/enrollment-state.ts';

export type PossibleChallenge = Exclude<ChallengeView, { kind: 'unsupported' }>;
export type RefusedChallenge = Extract<ChallengeView, { kind: 'unsupported' }>;

/** The ways to meet an authorization, any one of which is enough (RFC 8555 §7.1.4). */
export interface Ways {
  /** The strongest first. */
  readonly possible: readonly PossibleChallenge[];
  /** What this version cannot do, or does not do here. */
  readonly refused: readonly RefusedChallenge[];
  /** The one to begin with; absent when there is none. */
  readonly first: PossibleChallenge | undefined;
}

export function waysOf({
  challenges,
  proposed,
}: Pick<AuthorizationView, 'challenges' | 'proposed'>): Ways {
  const possible = challenges
    .filter((challenge) => challenge.kind !== 'unsupported')
    .toSorted((one, other) => strength(one) - strength(other));
  // What the organisation is looking at already goes on; a second answer beside it would be one too many.
  const underWay = possible.find(
    ({ kind, status }) => status === 'processing' && kind !== 'record',
  );
  const best = possible.find(({ challengeId }) => challengeId === proposed);
  return {
    possible,
    refused: challenges.filter((challenge) => challenge.kind === 'unsupported'),
    first: underWay ?? best ?? possible[0],
  };
}

/** Signatures that are bound to the CA before codes that can be passed on; domain proofs stay in the order given. */
const codesByStrength = ['totp-01', 'hotp-01'];

function strength({ kind, type }: PossibleChallenge): number {
  if (kind === 'passkey') return 0;
  if (kind === 'certificate') return 1;
  if (kind === 'record') return 5;
  const code = codesByStrength.indexOf(type);
  return code < 0 ? 4 : 2 + code;
}
