import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { Authorization, Challenge } from '../state/authorizations.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import type { Order } from '../state/orders.ts';
import type { OrderView } from './objects.ts';

/** The order that the URL names, if it is the account's own; counts as a poll of it. */
export function ownOrder(request: AccountRequest, authority: Authority): OrderView {
  const { state, faults, clock } = authority;
  const order = own(state.orders.find(request.id), request);
  if (faults.strike('expired', request) === undefined) return viewOf(order, request, authority);
  state.orders.expire(order.id, clock());
  return viewOf({ ...order, expiresAt: clock() }, request, authority);
}

/** An order with what its status depends on. */
export function viewOf(order: Order, { account }: AccountRequest, { state }: Authority): OrderView {
  return { order, authorizations: state.authorizations.ofOrder(order.id), account };
}

export function ownAuthorization(request: AccountRequest, authority: Authority): Authorization {
  const found = own(authority.state.authorizations.find(request.id), request);
  return unlessExpired(found, { request, authority });
}

export type OwnChallenge = { readonly challenge: Challenge; readonly authorization: Authorization };

export function ownChallenge(request: AccountRequest, authority: Authority): OwnChallenge {
  const { state } = authority;
  const challenge = state.challenges.find(request.id);
  const authorization = challenge && state.authorizations.find(challenge.authorizationId);
  if (challenge === undefined) throw notFound();
  const found = unlessExpired(own(authorization, request), { request, authority });
  return { challenge, authorization: found };
}

function unlessExpired(
  authorization: Authorization,
  { request, authority }: { request: AccountRequest; authority: Authority },
): Authorization {
  const { state, faults, clock } = authority;
  if (faults.strike('expired', request) === undefined) return authorization;
  state.authorizations.expire(authorization.id, clock());
  return { ...authorization, expiresAt: clock() };
}

export function ownCertificate(request: AccountRequest, { state }: Authority): IssuedCertificate {
  return own(state.certificates.find(request.id), request);
}

/** RFC 8555 §6.3: access control comes before everything else about an object. */
function own<T extends { readonly accountId: string }>(
  object: T | undefined,
  { account }: AccountRequest,
): T {
  if (object === undefined) throw notFound();
  if (object.accountId === account.id) return object;
  throw new Problem('unauthorized', 'This belongs to another account.');
}

function notFound(): Problem {
  return new Problem('malformed', 'There is no such object.', { status: 404 });
}
