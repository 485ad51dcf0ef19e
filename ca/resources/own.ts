import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { Authorization, Challenge } from '../state/authorizations.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import type { Order } from '../state/orders.ts';
import type { OrderView } from './objects.ts';

/** The order that the URL names, if it is the account's own; counts as a poll of it. */
export function ownOrder(request: AccountRequest, authority: Authority): OrderView {
  const { state } = authority;
  const order = own(state.orders.find(request.id), request);
  return viewOf(order, request, authority);
}

/** An order with what its status depends on. */
export function viewOf(order: Order, { account }: AccountRequest, { state }: Authority): OrderView {
  return { order, authorizations: state.authorizations.ofOrder(order.id), account };
}

export function ownAuthorization(request: AccountRequest, { state }: Authority): Authorization {
  return own(state.authorizations.find(request.id), request);
}

export type OwnChallenge = { readonly challenge: Challenge; readonly authorization: Authorization };

export function ownChallenge(request: AccountRequest, { state }: Authority): OwnChallenge {
  const challenge = state.challenges.find(request.id);
  const authorization = challenge && state.authorizations.find(challenge.authorizationId);
  if (challenge === undefined) throw notFound();
  return { challenge, authorization: own(authorization, request) };
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
