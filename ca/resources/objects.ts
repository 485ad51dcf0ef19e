import type { Authority } from '../authority.ts';
import type { Person } from '../people-types.ts';
import type { Account } from '../state/accounts.ts';
import type { Authorization, Challenge } from '../state/authorizations.ts';
import type { Order } from '../state/orders.ts';
import { authorizationStatus, challengeStatus, orderStatus } from '../status.ts';

/** RFC 8555 §7.1.2. */
export function accountObject(account: Account, { urls }: Authority): object {
  return {
    status: account.deactivatedAt === undefined ? 'valid' : 'deactivated',
    contact: account.contact,
    ...(account.termsAgreedAt === undefined ? {} : { termsOfServiceAgreed: true }),
    ...(account.binding === undefined ? {} : { externalAccountBinding: account.binding }),
    orders: urls.to('orders', account.id),
  };
}

export type OrderView = {
  readonly order: Order;
  readonly authorizations: readonly Authorization[];
  readonly account: Account;
};

/** RFC 8555 §7.1.3; `profile` is of draft-ietf-acme-profiles §4. */
export function orderObject(view: OrderView, { urls, clock }: Authority): object {
  const { order, authorizations } = view;
  const { notBefore, notAfter, error, certificateId } = order;
  return {
    status: orderStatus(view, clock()),
    expires: timestamp(order.expiresAt),
    identifiers: order.identifiers,
    profile: order.profile,
    ...(notBefore === undefined ? {} : { notBefore: timestamp(notBefore) }),
    ...(notAfter === undefined ? {} : { notAfter: timestamp(notAfter) }),
    ...(error === undefined ? {} : { error }),
    authorizations: authorizations.map(({ id }) => urls.to('authorization', id)),
    finalize: urls.to('finalize', order.id),
    ...(certificateId === undefined ? {} : { certificate: urls.to('certificate', certificateId) }),
  };
}

/** RFC 8555 §7.1.4. */
export function authorizationObject(
  authorization: Authorization,
  person: Person | undefined,
  authority: Authority,
): object {
  const { identifier, wildcard, expiresAt } = authorization;
  const status = authorizationStatus(authorization, authority.clock());
  const challenges = shownChallenges(authorization);
  return {
    identifier,
    status,
    expires: timestamp(expiresAt),
    challenges: challenges.map((challenge) => challengeObject(challenge, person, authority)),
    ...(wildcard ? { wildcard } : {}),
  };
}

/** §7.1.4: once decided, only the challenge that decided it. */
function shownChallenges({ challenges, grantedAt }: Authorization): readonly Challenge[] {
  const validated = challenges.filter((challenge) => challenge.validatedAt !== undefined);
  if (validated.length > 0 || grantedAt !== undefined) return validated;
  const failed = challenges.filter((challenge) => challenge.failedAt !== undefined);
  return failed.length > 0 ? failed : challenges;
}

/** RFC 8555 §8, with what the challenge's own type adds. */
export function challengeObject(
  challenge: Challenge,
  person: Person | undefined,
  { urls, challengeTypes }: Authority,
): object {
  const { type, token, validatedAt, error } = challenge;
  const challengeType = challengeTypes.find(type);
  return {
    type,
    url: urls.to('challenge', challenge.id),
    status: challengeStatus(challenge),
    token,
    ...(challengeType?.kind === 'answered' ? challengeType.describe(person) : {}),
    ...(validatedAt === undefined ? {} : { validated: timestamp(validatedAt) }),
    ...(error === undefined ? {} : { error }),
  };
}

export function timestamp(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

export function personOf(account: Account, { state }: Authority): Person | undefined {
  return account.personId === undefined ? undefined : state.persons.find(account.personId);
}
