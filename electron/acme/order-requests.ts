import type { AccountSession } from './account-session.ts';
import type { Directory } from './directory.ts';
import { isAncestorDomain, isWrittenForCertificates } from './identifier.ts';
import {
  checkUnchanged,
  isOrderSettled,
  newOrderPayload,
  parseOrder,
  type NewOrder,
  type Order,
} from './order.ts';
import { poll, type PollPace, type PollUntil } from './poll.ts';
import { AcmeProtocolError, AcmeRequestError } from './protocol-error.ts';

/** Requests about orders (RFC 8555 §7.4). */
export class OrderRequests {
  readonly #session: AccountSession;
  readonly #pace: PollPace;

  constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /**
   * RFC 8555 §7.4. Not repeated by itself: each one that arrives makes an order.
   * Throws `AcmeRequestError` for what this server, or any, would not take.
   */
  async newOrder(details: NewOrder, signal?: AbortSignal): Promise<Order> {
    const doing = 'placing the order';
    const url = this.#session.resource('newOrder', doing);
    const payload = newOrderPayload(checkNewOrder(details, this.#session.directory, doing));
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    const location = this.#session.locationOf(answer);
    return checkProfile(details, parseOrder(answer.json(), location, answer.retryAfter), doing);
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

  /** RFC 8555 §7.4; `csr` is DER. Not repeated by itself. Throws `AcmeRequestError` for the key of the account. */
  async finalize(order: Order, csr: Uint8Array, signal?: AbortSignal): Promise<Order> {
    const doing = 'finalizing the order';
    const url = order.finalize;
    if (this.#session.hasAccountKey(csr)) throw new AcmeRequestError('account-key', doing);
    const payload = { csr: Buffer.from(csr).toString('base64url') };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    return checkUnchanged(order, parseOrder(answer.json(), order.url, answer.retryAfter));
  }
}

function checkNewOrder(details: NewOrder, directory: Directory, doing: string): NewOrder {
  const { identifiers, profile, replaces, approval, ...rest } = details;
  for (const identifier of identifiers) {
    const { value, ancestorDomain } = identifier;
    if (!isWrittenForCertificates(identifier)) throw new AcmeRequestError('name', doing);
    if (ancestorDomain !== undefined && !isAncestorDomain(ancestorDomain, value)) {
      throw new AcmeRequestError('not-an-ancestor', doing);
    }
  }
  // draft-ietf-acme-profiles §4: "The client SHOULD NOT request a profile name that is not advertised".
  if (profile !== undefined && !Object.hasOwn(directory.meta.profiles ?? {}, profile)) {
    throw new AcmeRequestError('profile-not-listed', doing);
  }
  return {
    ...rest,
    identifiers,
    ...(profile !== undefined && { profile }),
    // RFC 9773 §5: only for servers that have said that they know what it means.
    ...(replaces !== undefined && directory.renewalInfo !== undefined && { replaces }),
    // docs/approvals.md §3: nobody else is told what others are to approve.
    ...(approval !== undefined && directory.meta.approvals !== undefined && { approval }),
  };
}

/** draft-ietf-acme-profiles §4: the order that the server makes of a request names the profile that was asked for. */
function checkProfile({ profile }: NewOrder, order: Order, doing: string): Order {
  if (profile === undefined || order.profile === profile) return order;
  const { url } = order;
  throw new AcmeProtocolError('profile-changed', doing, { url, location: url });
}
