import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import { checkIdentifier, readIdentifier } from '../identifiers.ts';
import type { KnownIdentifier } from '../identifiers.ts';
import { chooseProfile, MAXIMUM_OPEN_ORDERS, refusalOf } from '../policy.ts';
import type { Profile } from '../policy.ts';
import { identifierProblems, Problem } from '../problems.ts';
import { readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import { newId } from '../state/rows.ts';
import { readValidity } from '../validity.ts';
import { authorizeOrder } from './authorize.ts';
import { personOf } from './objects.ts';
import { answerOrder } from './order.ts';
import { viewOf } from './own.ts';

/** RFC 8555 §7.4: takes an order, and says what has to be proven for it. */
export function newOrder(request: AccountRequest, authority: Authority): Answer {
  const payload = readPayload(request);
  checkFaults(request, authority);
  const identifiers = readIdentifiers(payload['identifiers']);
  const profile = chooseProfile(payload['profile'], identifiers);
  checkPolicy(profile, identifiers, { request, authority });
  const { state, clock, hierarchy } = authority;
  const now = clock();
  const validity = readValidity(payload, {
    now,
    lifetime: profile.lifetime,
    latest: hierarchy.issuer.notAfter,
  });
  const order = {
    id: newId(),
    accountId: request.account.id,
    profile: profile.name,
    identifiers,
    ...validity,
    createdAt: now,
    expiresAt: new Date(now.getTime() + profile.orderLifetime * 1000),
  };
  return state.transaction(() => {
    const authorizations = authorizeOrder({ order, profile, request }, authority);
    state.orders.add(
      order,
      authorizations.map(({ id }) => id),
    );
    const added = state.orders.find(order.id);
    if (added === undefined) throw new Error('the order was not kept');
    return answerOrder(201, viewOf(added, request, authority), { request, authority });
  });
}

function checkFaults(request: AccountRequest, { faults }: Authority): void {
  if (faults.strike('invalidProfile', request) !== undefined) {
    throw new Problem('invalidProfile', 'The requested profile is no longer issued.');
  }
  if (faults.strike('alreadyReplaced', request) !== undefined) {
    throw new Problem('alreadyReplaced', 'The certificate was replaced by another order already.');
  }
}

function readIdentifiers(value: unknown): readonly KnownIdentifier[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 100) {
    throw new Problem('malformed', '"identifiers" must be a list of 1 to 100 identifiers.');
  }
  const checked = value.map((entry) => checkIdentifier(readIdentifier(entry)));
  const problems = checked.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw identifierProblems(problems);
  const found = checked.flatMap(({ identifier }) => identifier ?? []);
  const unique = new Map(found.map((identifier) => [JSON.stringify(identifier), identifier]));
  return [...unique.values()];
}

type Ordering = { readonly request: AccountRequest; readonly authority: Authority };

function checkPolicy(
  profile: Profile,
  identifiers: readonly KnownIdentifier[],
  { request, authority }: Ordering,
): void {
  if (identifiers.length > profile.maximumIdentifiers) {
    const detail = `A certificate of the profile "${profile.name}" names at most ${profile.maximumIdentifiers}.`;
    throw new Problem('malformed', detail);
  }
  const person = personOf(request.account, authority);
  const refusals = identifiers.flatMap(
    (identifier) => refusalOf(profile, identifier, person) ?? [],
  );
  if (refusals.length > 0) throw identifierProblems(refusals);
  const open = authority.state.orders.countOpen(request.account.id, authority.clock());
  if (open < MAXIMUM_OPEN_ORDERS) return;
  throw new Problem('rateLimited', 'The account has too many open orders.', {
    headers: { 'Retry-After': '60' },
  });
}
