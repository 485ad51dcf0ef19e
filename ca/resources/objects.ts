import { personOf } from '../account-subject.ts';
import { approvedBy } from '../approvals/key-authorization.ts';
import type { Authority } from '../authority.ts';
import { writeCertificateId } from '../certificate-id.ts';
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

/** RFC 8555 §7.1.3; `profile` is of draft-ietf-acme-profiles §4, `replaces` of RFC 9773 §5. */
export function orderObject(view: OrderView, authority: Authority): object {
  const { urls, clock } = authority;
  const { order, authorizations } = view;
  const { notBefore, notAfter, error, certificateId } = order;
  return {
    status: orderStatus(view, clock()),
    expires: timestamp(order.expiresAt),
    identifiers: order.identifiers,
    profile: order.profile,
    ...replacesOf(order, authority),
    ...(notBefore === undefined ? {} : { notBefore: timestamp(notBefore) }),
    ...(notAfter === undefined ? {} : { notAfter: timestamp(notAfter) }),
    ...(error === undefined ? {} : { error }),
    authorizations: authorizations.map(({ id }) => urls.to('authorization', id)),
    finalize: urls.to('finalize', order.id),
    ...(certificateId === undefined ? {} : { certificate: urls.to('certificate', certificateId) }),
  };
}

function replacesOf({ replacesId }: Order, authority: Authority): object {
  if (replacesId === undefined) return {};
  const predecessor = authority.state.certificates.find(replacesId);
  if (predecessor === undefined) return {};
  return { replaces: writeCertificateId(authority.issuerKeyIdentifier, predecessor.serial) };
}

type Members = Readonly<Record<string, unknown>>;

/** What is sent of a challenge; the members of its own type are those of docs/wire-profile.md. */
export type ChallengeObject = Members & { readonly publicKey?: object };
export type AuthorizationObject = Members & { readonly challenges: readonly ChallengeObject[] };

/** RFC 8555 §7.1.4; `subdomainAuthAllowed` is of RFC 9444 §4.1. */
export function authorizationObject(
  authorization: Authorization,
  account: Account,
  authority: Authority,
): AuthorizationObject {
  const { identifier, wildcard, subdomains, expiresAt, approval } = authorization;
  const status = authorizationStatus(authorization, authority.clock());
  const challenges = shownChallenges(authorization);
  const waits = approval?.part === 'awaits' && status === 'pending';
  return {
    identifier,
    status,
    expires: timestamp(waits ? approval.request.expiresAt : expiresAt),
    challenges: challenges.map((challenge) => challengeObject(challenge, account, authority)),
    ...(wildcard ? { wildcard } : {}),
    ...(subdomains ? { subdomainAuthAllowed: true } : {}),
    // docs/approvals.md §3, §4.
    ...(approval === undefined ? {} : { approval: approval.request.document.url }),
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
  account: Account,
  authority: Authority,
): ChallengeObject {
  const { urls, challengeTypes, rules } = authority;
  const { type, token, validatedAt, error } = challenge;
  const challengeType = challengeTypes.find(type);
  const authorization = authority.state.authorizations.find(challenge.authorizationId);
  const approving = authorization && approvedBy(authorization);
  const own =
    authorization &&
    challengeType?.describe?.({
      ...{ challenge, authorization, account, person: personOf(account, authority.state) },
      accountUrl: urls.to('account', account.id),
      issuerDomainNames: rules.caaIdentities,
    });
  return {
    type,
    url: urls.to('challenge', challenge.id),
    status: challengeStatus(challenge),
    ...(challengeType?.tokenless === true ? {} : { token }),
    ...(approving === undefined ? {} : { approval: approving.document }),
    ...own,
    ...(validatedAt === undefined ? {} : { validated: timestamp(validatedAt) }),
    ...(error === undefined ? {} : { error }),
  };
}

export function timestamp(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
