import { randomBytes } from 'node:crypto';
import type { Authority } from '../authority.ts';
import type { Place } from '../faults.ts';
import { baseDomain, isWildcard } from '../identifiers.ts';
import { challengesFor, PREAUTHORIZATION_LIFETIME } from '../policy.ts';
import type { Profile } from '../policy.ts';
import type { Identifier } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { Authorization, NewAuthorization, NewChallenge } from '../state/authorizations.ts';
import type { NewOrder } from '../state/orders.ts';
import { newId } from '../state/rows.ts';
import { authorizationStatus } from '../status.ts';

type Ordering = {
  readonly order: NewOrder;
  readonly profile: Profile;
  readonly request: AccountRequest;
};

/** One authorization for each identifier; a valid pre-authorization serves in place of a new one. */
export function authorizeOrder(
  { order, profile, request }: Ordering,
  authority: Authority,
): readonly Authorization[] {
  const { state, faults } = authority;
  const granted = faults.strike('validAuthorization', request) !== undefined;
  const authorizations = order.identifiers.map((identifier) => {
    const earlier = findPreauthorization(identifier, profile, { request, authority });
    if (earlier !== undefined) return earlier;
    const fresh = draft({ identifier, profile, request, until: order.expiresAt }, authority);
    return state.authorizations.add({ ...fresh, grantedAt: granted ? order.createdAt : undefined });
  });
  if (faults.strike('extraAuthorization', request) === undefined) return authorizations;
  const identifier = { type: 'dns', value: 'extra.example.test' };
  const extra = draft({ identifier, profile, request, until: order.expiresAt }, authority);
  return [...authorizations, state.authorizations.add({ ...extra, grantedAt: order.createdAt })];
}

/** RFC 8555 §7.4.1. */
export function preauthorize(
  identifier: Identifier,
  profile: Profile,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization {
  const until = new Date(authority.clock().getTime() + PREAUTHORIZATION_LIFETIME * 1000);
  const fresh = draft({ identifier, profile, request, until }, authority);
  return authority.state.transaction(() =>
    authority.state.authorizations.add({ ...fresh, preauthorized: true }),
  );
}

/** Only if it was proven in a way that the profile accepts for this identifier. */
function findPreauthorization(
  identifier: Identifier,
  profile: Profile,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization | undefined {
  const accepted: readonly string[] = challengesFor(profile, identifier);
  const now = authority.clock();
  if (isWildcard(identifier.value)) return undefined;
  return authority.state.authorizations
    .preauthorizations(request.account.id, authorizedName(identifier), now)
    .find(
      (candidate) =>
        authorizationStatus(candidate, now) === 'valid' &&
        candidate.challenges.some(
          ({ type, validatedAt }) => validatedAt !== undefined && accepted.includes(type),
        ),
    );
}

type Draft = {
  readonly identifier: Identifier;
  readonly profile: Profile;
  readonly request: AccountRequest;
  readonly until: Date;
};

function draft(
  { identifier, profile, request, until }: Draft,
  authority: Authority,
): NewAuthorization {
  return {
    id: newId(),
    accountId: request.account.id,
    identifier: authorizedName(identifier),
    wildcard: identifier.type === 'dns' && isWildcard(identifier.value),
    preauthorized: false,
    createdAt: authority.clock(),
    expiresAt: until,
    grantedAt: undefined,
    challenges: draftChallenges(challengesFor(profile, identifier), request, authority),
  };
}

/** RFC 8555 §7.1.4: an authorization names the domain without the `*.` of a wildcard. */
function authorizedName(identifier: Identifier): Identifier {
  if (identifier.type !== 'dns') return identifier;
  return { type: 'dns', value: baseDomain(identifier.value) };
}

function draftChallenges(
  types: readonly string[],
  place: Place,
  { faults }: Authority,
): readonly NewChallenge[] {
  const unknown = faults.strike('unknownChallenges', place) !== undefined;
  const offered = unknown ? ['unheard-of-01', ...types, 'unheard-of-02'] : types;
  const shared = faults.strike('sharedToken', place) === undefined ? undefined : newToken();
  return offered.map((type) => ({
    id: newId(),
    type,
    token: faultyToken(type, place, faults) ?? shared ?? newToken(),
  }));
}

/** RFC 8555 §8.3 asks for 128 bits; these are 256. */
function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function faultyToken(type: string, place: Place, faults: Authority['faults']): string | undefined {
  if (type === 'totp-01' && faults.strike('literalTotp', place) !== undefined) return '123456';
  if (faults.strike('tokenWithSpaces', place) === undefined) return undefined;
  return 'Some challenge to digitally sign';
}
