import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { Identifier } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import { orderStatus } from '../status.ts';
import { findCertificate } from './renewal-info.ts';
import { viewOf } from './own.ts';

/** The certificate that a new order says it replaces, if it may (RFC 9773 §5). */
export function readReplaces(
  value: unknown,
  identifiers: readonly Identifier[],
  { request, authority }: { request: AccountRequest; authority: Authority },
): IssuedCertificate | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new Problem('malformed', '"replaces" must be text.');
  const predecessor = findCertificate(value, authority);
  if (predecessor.accountId !== request.account.id) {
    throw new Problem('unauthorized', 'The certificate to be replaced belongs to another account.');
  }
  const shared = identifiers.some(({ type, value: name }) =>
    predecessor.identifiers.some((one) => one.type === type && one.value === name),
  );
  if (!shared) {
    throw new Problem('malformed', 'The certificate to be replaced has none of these identifiers.');
  }
  if (isReplaced(predecessor, { request, authority })) {
    throw new Problem('alreadyReplaced', 'The certificate was replaced by another order already.');
  }
  return predecessor;
}

/** §5: an order that came to nothing replaces nothing. */
function isReplaced(
  { id }: IssuedCertificate,
  { request, authority }: { request: AccountRequest; authority: Authority },
): boolean {
  const now = authority.clock();
  return authority.state.orders
    .replacing(id)
    .some((order) => orderStatus(viewOf(order, request, authority), now) !== 'invalid');
}
