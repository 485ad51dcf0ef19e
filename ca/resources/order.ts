import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { AccountRequest } from '../requests.ts';
import { orderStatus } from '../status.ts';
import { orderObject } from './objects.ts';
import type { OrderView } from './objects.ts';
import { ownOrder } from './own.ts';

/** RFC 8555 §7.1.3. */
export function order(request: AccountRequest, authority: Authority): Answer {
  const { order: found, authorizations } = ownOrder(request, authority);
  authority.faults.poll(found.id);
  const challenges = authorizations.flatMap((authorization) => authorization.challenges);
  challenges.forEach(({ id }) => authority.faults.poll(id));
  return answerOrder(200, ownOrder(request, authority), { request, authority });
}

export type Answering = { readonly request: AccountRequest; readonly authority: Authority };

/** The order object with its URL, and a hint when to come back while it is `processing`. */
export function answerOrder(
  status: 200 | 201,
  view: OrderView,
  { request, authority }: Answering,
): Answer {
  const { urls, faults, clock } = authority;
  const shuffled = faults.strike('shuffledOrder', request) !== undefined;
  const shown = shuffled ? reversed(view) : view;
  const processing = orderStatus(view, clock()) === 'processing';
  return json(status, orderObject(shown, authority), {
    Location: urls.to('order', view.order.id),
    ...(processing ? { 'Retry-After': '1' } : {}),
  });
}

function reversed({ order: found, authorizations, account }: OrderView): OrderView {
  return {
    order: { ...found, identifiers: found.identifiers.toReversed() },
    authorizations: authorizations.toReversed(),
    account,
  };
}
