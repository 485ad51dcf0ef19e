import type { Person } from '../people-types.ts';
import type { JwsHeader } from '../jws.ts';
import type { Problem } from '../problems.ts';
import type { Challenge } from '../state/authorizations.ts';

/** What became of a response that can be judged at once. */
export type Verdict =
  | { readonly outcome: 'valid' }
  | { readonly outcome: 'wrong'; readonly attemptsRemaining: number }
  /** The credential is locked; the response was not looked at. */
  | { readonly outcome: 'throttled'; readonly until: Date }
  /** There is no credential, or none that may be used. */
  | { readonly outcome: 'unusable' };

/** What a challenge object may speak of. */
export type Circumstances = {
  readonly person: Person | undefined;
  readonly accountUrl: string;
  readonly issuerDomainNames: readonly string[];
};

type Described = {
  readonly type: string;
  /** The members of the challenge object that this type adds. */
  readonly describe?: (circumstances: Circumstances) => Readonly<Record<string, unknown>>;
  /** The challenge object shows no `token`. */
  readonly tokenless?: true;
};

/** The client proves with what it sends: judged synchronously, so that no two judgements overlap. */
export type AnsweredChallengeType = Described & {
  readonly kind: 'answered';
  /** Throws `malformed`, at no cost to the client, when the response has not the right shape. */
  answer(response: {
    readonly challenge: Challenge;
    readonly person: Person | undefined;
    readonly payload: JwsHeader;
  }): Verdict;
};

export type Proof = {
  readonly domain: string;
  /** Whether it is for the names below as well: a wildcard, or subdomains (RFC 9444). */
  readonly below: boolean;
  readonly accountUrl: string;
  readonly token: string;
  /** RFC 8555 §8.1. */
  readonly keyAuthorization: string;
};

/**
 * From here on, whatever the look fails with, the client is told this, and not before the time for a look is over:
 * neither what was met nor when says anything about what is there.
 */
export type Conceal = (problem: Problem) => void;

/** The client proves with what it puts where the server can see it. */
export type ObservedChallengeType = Described & {
  readonly kind: 'observed';
  /** Resolves when the proof was seen; rejects with the Problem that was seen in its place. */
  observe(proof: Proof, signal: AbortSignal, conceal: Conceal): Promise<void>;
};

export type ChallengeType = AnsweredChallengeType | ObservedChallengeType;

export type ChallengeTypes = {
  find(type: string): ChallengeType | undefined;
};

export function createChallengeTypes(types: readonly ChallengeType[]): ChallengeTypes {
  const byName = new Map(types.map((entry) => [entry.type, entry]));
  return { find: (type) => byName.get(type) };
}
