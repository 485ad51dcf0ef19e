import type { JsonWebKey } from 'node:crypto';
import { createAuthority } from '../create-authority.ts';
import type { Authority } from '../authority.ts';
import type { ChallengeAnchor } from '../challenges/anchors.ts';
import type { ChallengeResponse } from '../challenges/challenge-type.ts';
import { openHierarchy } from '../hierarchy.ts';
import { createIssuer } from '../issuer.ts';
import { createPeople } from '../people.ts';
import type { Person } from '../people-types.ts';
import { Problem } from '../problems.ts';
import { withDefaults } from '../setting.ts';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import type { Account } from '../state/accounts.ts';
import { createUrls } from '../urls.ts';
import { readVectors, outputOf } from './vectors.ts';

const origin = 'https://ca.example';
const usualNow = new Date('2026-11-22T12:00:00Z');
const hierarchy = openHierarchy(undefined, usualNow);

type KeyOutput = { readonly jwk: JsonWebKey; readonly thumbprint: string };

const keys = new Map(
  readVectors<undefined, unknown, KeyOutput>('keys').good.map(([id, key]) => [id, outputOf(key)]),
);

export function vectorKey(name: string): KeyOutput {
  const key = keys.get(name);
  if (key === undefined) throw new Error(`the vectors have no key ${name}`);
  return key;
}

export type StandOptions = {
  readonly now?: Date;
  readonly challengeAnchors?: readonly ChallengeAnchor[];
  /** The only nonce that counts. */
  readonly nonce?: string;
  /** Name of the account's key; `account` when not said. */
  readonly accountKey?: string;
  /** In place of the one that would be made up. */
  readonly userHandle?: string;
};

/** A CA at https://ca.example, without a listener, that knows the person and the account of the vectors. */
export type VectorStand = {
  readonly authority: Authority;
  readonly state: State;
  readonly person: Person;
  readonly account: Account;
};

export function openStand(options: StandOptions = {}): VectorStand {
  const { now = usualNow, challengeAnchors = [], nonce, userHandle } = options;
  const { jwk, thumbprint } = vectorKey(options.accountKey ?? 'account');
  const opened = openState(undefined);
  const passkeys = userHandle === undefined ? {} : { userHandleOf: (): string => userHandle };
  const state: State = { ...opened, passkeys: { ...opened.passkeys, ...passkeys } };
  const clock = (): Date => now;
  const people = createPeople({ state, clock, issuerName: 'Vectors' });
  const urls = createUrls(origin);
  const issuer = createIssuer({ hierarchy, crlUrl: urls.to('crl'), issuerUrl: urls.to('issuer') });
  const setting = { ...withDefaults({ origin, clock, challengeAnchors }), state, people };
  const authority = createAuthority(setting, { urls, hierarchy, issuer });
  const nonces = { issue: () => 'AAAA', strike: (given: string) => given === nonce };
  const person = people.register({ name: 'Alex Example', email: 'alex@example.test' });
  const account = state.accounts.add({
    // What the account URL of the vectors ends in.
    ...{ id: 'ExampleAccountOfAlexAA', jwk, thumbprint, contact: [], binding: undefined },
    ...{ termsAgreedAt: usualNow, termsVersion: '1', kid: undefined, personId: person.id },
    createdAt: usualNow,
  });
  return { authority: { ...authority, nonces }, state, person, account };
}

export type Opened = {
  readonly type: string;
  readonly url: string;
  readonly token: string;
  readonly thumbprint: string;
};

/** A challenge of the stand's account, and a response to it. */
export function respond(stand: VectorStand, opened: Opened, payload: object): ChallengeResponse {
  const { state, person, account } = stand;
  const { type, url, token, thumbprint } = opened;
  const identifier = { type: 'email', value: person.email };
  const authorization = state.authorizations.add({
    ...{ id: 'authorization', accountId: account.id, identifier, wildcard: false },
    ...{ subdomains: false, preauthorized: false, grantedAt: undefined, profile: 'employee' },
    ...{ createdAt: usualNow, expiresAt: new Date(usualNow.getTime() + 3_600_000) },
    challenges: [{ id: 'challenge', type, token }],
  });
  const [challenge] = authorization.challenges;
  if (challenge === undefined) throw new Error('the challenge is missing');
  const keyAuthorization = `${token}.${thumbprint}`;
  return {
    ...{ challenge, challengeUrl: url, identifier, profile: 'employee', account, person },
    ...{ keyAuthorization, payload: payload as Readonly<Record<string, unknown>> },
  };
}

/** What becomes of a response: `valid`, or the name of a problem. */
export async function judge(stand: VectorStand, response: ChallengeResponse): Promise<string> {
  const { authority, state } = stand;
  const { id, type } = response.challenge;
  const known = authority.challengeTypes.find(type);
  if (known?.kind !== 'answered') throw new Error(`${type} is not answered`);
  return problemOf(async () => {
    const answer = known.answer(response);
    state.challenges.recordResponse(id, response.keyAuthorization, authority.clock());
    const { outcome } =
      answer.outcome === 'deliberating'
        ? await answer.verdict(new AbortController().signal)
        : answer;
    return outcomes[outcome];
  });
}

/** docs/wire-profile.md §1. */
const outcomes = {
  valid: 'valid',
  wrong: 'incorrectResponse',
  unusable: 'unauthorized',
  throttled: 'rateLimited',
  continues: 'userActionRequired',
} as const;

/** What comes of it, or the name of the problem that it ends in. */
export async function problemOf(work: () => string | Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
