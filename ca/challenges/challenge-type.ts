import type { SignedResponse } from '../approvals/evidence.ts';
import type { Person } from '../people-types.ts';
import type { JwsHeader } from '../jws.ts';
import type { Identifier, Problem } from '../problems.ts';
import type { Account } from '../state/accounts.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Authorization, Challenge } from '../state/authorizations.ts';

/** What became of a response that can be judged at once. */
export type Verdict =
  /** `signed`: what it was signed with, of what approves something. */
  | { readonly outcome: 'valid'; readonly signed?: SignedResponse }
  | { readonly outcome: 'wrong'; readonly attemptsRemaining: number }
  /** Good so far; the challenge now asks for another. */
  | { readonly outcome: 'continues' }
  /** The credential is locked; the response was not looked at. */
  | { readonly outcome: 'throttled'; readonly until: Date }
  /** There is no credential, or none that may be used. */
  | { readonly outcome: 'unusable' };

/** A response whose judging takes time: a password back end, or a library that answers by promise. */
export type Deliberation = {
  readonly outcome: 'deliberating';
  /** Begins the judging, once; the attempt is counted already. A rejection counts for nobody: the challenge is open again. */
  readonly verdict: (signal: AbortSignal) => Promise<Verdict>;
};

/** What a challenge object may speak of. */
export type Circumstances = {
  readonly challenge: Challenge;
  readonly authorization: Authorization;
  readonly account: Account;
  readonly person: Person | undefined;
  readonly accountUrl: string;
  readonly issuerDomainNames: readonly string[];
};

type Described = {
  readonly type: string;
  /** Whether whoever the account is bound to could meet such a challenge at all; true when not said. */
  readonly suits?: (asking: Asking) => boolean;
  /** The members of the challenge object that this type adds. */
  readonly describe?: (circumstances: Circumstances) => Readonly<Record<string, unknown>>;
  /** The challenge object shows no `token`. */
  readonly tokenless?: true;
};

/** Who asks for an authorization, and for what. */
export type Asking = {
  readonly account: Account;
  readonly person: Person | undefined;
  readonly identifier: Identifier;
  /** Name of the profile that it is for. */
  readonly profile: string;
  /** What is approved by it; undefined for what is proven for oneself. */
  readonly approving?: ApprovalRequest | undefined;
};

/** A response to a challenge for people or devices, with all that it may have to be bound to. */
export type ChallengeResponse = {
  readonly challenge: Challenge;
  readonly challengeUrl: string;
  readonly identifier: Identifier;
  /** Name of the profile that the authorization is for. */
  readonly profile: string;
  readonly account: Account;
  readonly person: Person | undefined;
  /** What is approved by it; undefined for what is proven for oneself. */
  readonly approving?: ApprovalRequest | undefined;
  /** RFC 8555 §8.1, with the account key of this moment; of what approves, that of docs/approvals.md §4. */
  readonly keyAuthorization: string;
  readonly payload: JwsHeader;
};

/**
 * The client proves with what it sends. Judged synchronously, so that no two judgements overlap; one that deliberates has
 * looked at the throttle and counted the attempt before it returns.
 */
export type AnsweredChallengeType = Described & {
  readonly kind: 'answered';
  /** Its judging takes time: what a restart finds undecided is open again. */
  readonly deliberates?: true;
  /** Throws `malformed`, at no cost to the client, when the response has not the right shape. */
  answer(response: ChallengeResponse): Verdict | Deliberation;
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
