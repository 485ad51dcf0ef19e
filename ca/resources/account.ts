import { json, link } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { withdrawAll } from '../approvals/withdrawing.ts';
import type { Authority } from '../authority.ts';
import { readContact } from '../contact.ts';
import { Problem } from '../problems.ts';
import { isPostAsGet, readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { Account } from '../state/accounts.ts';
import { orderStatus } from '../status.ts';
import { readCursor } from './cursor.ts';
import { accountObject } from './objects.ts';

/** RFC 8555 §7.3.2 and §7.3.6: read, change the contacts, or deactivate. */
export function account(request: AccountRequest, authority: Authority): Answer {
  checkOwn(request);
  if (isPostAsGet(request)) return json(200, accountObject(request.account, authority));
  const { state, clock } = authority;
  const payload = readPayload(request);
  const contact = readContact(payload['contact']);
  state.transaction(() => {
    if (contact !== undefined) state.accounts.changeContact(request.id, contact);
    if (payload['status'] !== 'deactivated') return;
    state.accounts.deactivate(request.id, clock());
    withdrawAll(request.account, authority);
  });
  return json(200, accountObject(state.accounts.find(request.id) ?? request.account, authority));
}

/** RFC 8555 §7.1.2.1: a page of orders, without those that came to nothing. */
export function orders(request: AccountRequest, authority: Authority): Answer {
  checkOwn(request);
  const { state, urls, ordersPerPage } = authority;
  const from = readCursor(request.query) ?? 0;
  const page = state.orders.list(request.id, from, ordersPerPage + 1);
  const shown = page.slice(0, ordersPerPage).filter((order) => {
    const authorizations = state.authorizations.ofOrder(order.id);
    const facts = { order, authorizations, account: request.account };
    return orderStatus(facts, authority.clock()) !== 'invalid';
  });
  const next = page.at(ordersPerPage);
  const more =
    next === undefined ? {} : { Link: nextPage(request.account, next.sequence, authority) };
  return json(200, { orders: shown.map(({ id }) => urls.to('order', id)) }, more);
}

function nextPage(owner: Account, sequence: number, { urls }: Authority): string {
  return link(`${urls.to('orders', owner.id)}?cursor=${sequence}`, 'next');
}

function checkOwn(request: AccountRequest): void {
  if (request.id === request.account.id) return;
  throw new Problem('unauthorized', 'This is another account.');
}
