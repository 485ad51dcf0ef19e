import { personOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { ancestorsOf, covers } from '../coverage.ts';
import { baseDomain, isWildcard } from '../identifiers.ts';
import {
  acceptsProof,
  challengesFor,
  isDomainProven,
  PREAUTHORIZATION_LIFETIME,
} from '../policy.ts';
import { profileNamed } from '../profiles.ts';
import type { Profile } from '../profiles.ts';
import type { Identifier } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { Authorization, NewAuthorization } from '../state/authorizations.ts';
import type { NewOrder, OrderedIdentifier } from '../state/orders.ts';
import { newId } from '../state/rows.ts';
import { authorizationStatus } from '../status.ts';
import { draftChallenges } from './odd-challenges.ts';

type Ordering = {
  readonly order: NewOrder;
  readonly profile: Profile;
  readonly request: AccountRequest;
};

/** What one authorization is about: a name, and how far from it it reaches. */
export type Scope = Pick<Authorization, 'identifier' | 'wildcard' | 'subdomains'>;

/** One authorization for each identifier; a valid pre-authorization serves in place of a new one. */
export function authorizeOrder(
  { order, profile, request }: Ordering,
  authority: Authority,
): readonly Authorization[] {
  const { state, faults } = authority;
  const granted = faults.strike('validAuthorization', request) !== undefined;
  const drafting = { profile, request, until: order.expiresAt };
  const addFresh = (identifier: OrderedIdentifier): Authorization => {
    const scope = scopeOf(identifier, profile, authority);
    const fresh = draft({ ...drafting, scope }, authority);
    const grantedAt = granted ? order.createdAt : undefined;
    return state.authorizations.add({ ...fresh, grantedAt });
  };
  const authorizations: Authorization[] = [];
  // Where a profile asks for no proof, only others decide (docs/approvals.md).
  const named = profile.challenges.length > 0 ? order.identifiers : [];
  for (const identifier of [...named, ...personToProve({ profile, request }, authority)]) {
    // RFC 9444 §4.3: one proof for an ancestor serves all the names of the order below it.
    if (authorizations.some((one) => covers(one, identifier))) continue;
    const earlier = findPreauthorization(identifier, profile, { request, authority });
    authorizations.push(earlier ?? addFresh(identifier));
  }
  if (faults.strike('extraAuthorization', request) === undefined) return authorizations;
  const scope = scopeOf({ type: 'dns', value: 'extra.example.test' }, profile, authority);
  const extra = draft({ ...drafting, scope }, authority);
  return [...authorizations, state.authorizations.add({ ...extra, grantedAt: order.createdAt })];
}

/** RFC 8555 §7.1.3: more may have to be proven than was ordered. */
function personToProve(
  { profile, request }: Pick<Ordering, 'profile' | 'request'>,
  authority: Authority,
): readonly Identifier[] {
  const person = personOf(request.account, authority.state);
  if (profile.personChallenges === undefined || person === undefined) return [];
  return [{ type: 'email', value: person.email }];
}

/** RFC 8555 §7.4.1. */
export function preauthorize(
  scope: Scope,
  profile: Profile,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization {
  const until = new Date(authority.clock().getTime() + PREAUTHORIZATION_LIFETIME * 1000);
  const fresh = draft({ scope, profile, request, until }, authority);
  return authority.state.transaction(() =>
    authority.state.authorizations.add({ ...fresh, preauthorized: true }),
  );
}

/** RFC 8555 §7.4.1: what the account was given for this before, while it waits or is good. */
export function existingPreauthorization(
  scope: Scope,
  profile: Profile,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization | undefined {
  const now = authority.clock();
  return authority.state.authorizations
    .preauthorizations(request.account.id, scope.identifier, now)
    .filter((one) => one.profile === profile.name && one.subdomains === scope.subdomains)
    .find((one) => ['pending', 'valid'].includes(authorizationStatus(one, now)));
}

/** RFC 9444 §4.3: the ancestor, where the client offers to answer for it and the CA wants that. */
function scopeOf(identifier: OrderedIdentifier, profile: Profile, { rules }: Authority): Scope {
  const { type, value, ancestorDomain } = identifier;
  if (type !== 'dns') return { identifier: { type, value }, wildcard: false, subdomains: false };
  // RFC 8555 §7.1.4: an authorization names the domain without the `*.` of a wildcard.
  const own = { type, value: baseDomain(value) };
  if (isWildcard(value)) return { identifier: own, wildcard: true, subdomains: false };
  if (ancestorDomain === undefined || !rules.subdomains || !isDomainProven(profile)) {
    return { identifier: own, wildcard: false, subdomains: false };
  }
  return { identifier: { type, value: ancestorDomain }, wildcard: false, subdomains: true };
}

/** Only if it was proven in a way that the profile accepts for this identifier. */
function findPreauthorization(
  identifier: Identifier,
  profile: Profile,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization | undefined {
  const { type, value } = identifier;
  const now = authority.clock();
  const names = type === 'dns' ? [value, ...ancestorsOf(value)] : [value];
  return names
    .flatMap((name) =>
      authority.state.authorizations.preauthorizations(
        request.account.id,
        { type, value: name },
        now,
      ),
    )
    .filter((candidate) => covers(candidate, identifier))
    .find(
      (candidate) =>
        authorizationStatus(candidate, now) === 'valid' && isProven(candidate, profile),
    );
}

/** Whether a valid authorization is one by a proof that a profile accepts. */
export function isProven(candidate: Authorization, profile: Profile): boolean {
  const accepted = challengesFor(profile, rangeOf(candidate));
  const by = profileNamed(candidate.profile);
  return candidate.challenges.some(
    ({ type, validatedAt }) =>
      validatedAt !== undefined && acceptsProof(profile, accepted, { type, profile: by }),
  );
}

function rangeOf(scope: Scope): { readonly type: string; readonly below: boolean } {
  return { type: scope.identifier.type, below: reachesBelow(scope) };
}

function reachesBelow({ wildcard, subdomains }: Scope): boolean {
  return wildcard || subdomains;
}

type Draft = {
  readonly scope: Scope;
  readonly profile: Profile;
  readonly request: AccountRequest;
  readonly until: Date;
};

function draft({ scope, profile, request, until }: Draft, authority: Authority): NewAuthorization {
  const types = suitable(challengesFor(profile, rangeOf(scope)), {
    ...{ request, authority, identifier: scope.identifier, profile: profile.name },
  });
  return {
    id: newId(),
    accountId: request.account.id,
    ...scope,
    preauthorized: false,
    createdAt: authority.clock(),
    expiresAt: until,
    grantedAt: undefined,
    profile: profile.name,
    challenges: draftChallenges(types, request, authority),
  };
}

type Applicant = {
  readonly request: AccountRequest;
  readonly authority: Authority;
  readonly identifier: Identifier;
  readonly profile: string;
};

/** Without those that whoever asks could not meet; all that are judged here when that leaves none, so that the refusal comes where it is explained. */
function suitable(
  types: readonly string[],
  { request: { account }, authority, identifier, profile }: Applicant,
): readonly string[] {
  const { challengeTypes } = authority;
  const judged = types.filter((type) => challengeTypes.find(type) !== undefined);
  const asking = { account, person: personOf(account, authority.state), identifier, profile };
  const suiting = judged.filter((type) => challengeTypes.find(type)?.suits?.(asking) ?? true);
  return suiting.length > 0 ? suiting : judged;
}
