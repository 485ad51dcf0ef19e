import { base64url } from 'jose';
import type { AccountSession } from './account-session.ts';
import {
  checkUnchanged,
  isOrderSettled,
  newOrderPayload,
  parseOrder,
  type NewOrder,
  type Order,
} from './order.ts';
import { poll, type PollPace, type PollUntil } from './poll.ts';

/** Requests about orders (RFC 8555 §7.4). */
export class OrderRequests {
  readonly #session: AccountSession;
  readonly #pace: PollPace;

  constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /** RFC 8555 §7.4. Not repeated by itself: each one that arrives makes an order. */
  async newOrder(details: NewOrder, signal?: AbortSignal): Promise<Order> {
    const doing = 'placing the order';
    const url = this.#session.resource('newOrder', doing);
    const payload = newOrderPayload(details);
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    const location = this.#session.locationOf(answer);
    return parseOrder(answer.json(), location, answer.retryAfter);
  }

  async fetch(url: string, signal?: AbortSignal): Promise<Order> {
    const answer = await this.#session.read({ doing: 'fetching the order', url, signal });
    return parseOrder(answer.json(), url, answer.retryAfter);
  }

  /** Waits for the next status that needs the client: `ready`, `valid` or `invalid`. */
  async poll(order: Order, until: PollUntil<Order> = {}, signal?: AbortSignal): Promise<Order> {
    return poll({
      doing: 'waiting for the order',
      last: order,
      fetch: async () => checkUnchanged(order, await this.fetch(order.url, signal)),
      settled: until.settled ?? isOrderSettled,
      deadline: until.deadline,
      ...this.#pace,
      signal,
    });
  }

  /** RFC 8555 §7.4; `csr` is DER. Not repeated by itself. */
  async finalize(order: Order, csr: Uint8Array, signal?: AbortSignal): Promise<Order> {
    const doing = 'finalizing the order';
    const url = order.finalize;
    const payload = { csr: base64url.encode(csr) };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    return checkUnchanged(order, parseOrder(answer.json(), order.url, answer.retryAfter));
  }
}
