import type { AccountSession } from './account-session.ts';
import { isAuthorizationSettled, parseAuthorization, type Authorization } from './authorization.ts';
import type { Identifier } from './identifier.ts';
import { poll, type PollPace, type PollUntil } from './poll.ts';

/** Requests about authorizations (RFC 8555 §7.4.1, §7.5). */
export class AuthorizationRequests {
  readonly #session: AccountSession;
  readonly #pace: PollPace;

  constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /** Pre-authorization (RFC 8555 §7.4.1); only where the directory has `newAuthz`. */
  async newAuthz(identifier: Identifier, signal?: AbortSignal): Promise<Authorization> {
    const doing = 'asking for an authorization';
    const url = this.#session.resource('newAuthz', doing);
    const payload = { identifier: { type: identifier.type, value: identifier.value } };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    const location = this.#session.locationOf(answer);
    return parseAuthorization(answer.json(), location, answer.retryAfter);
  }

  async fetch(url: string, signal?: AbortSignal): Promise<Authorization> {
    const answer = await this.#session.read({ doing: 'fetching the authorization', url, signal });
    return parseAuthorization(answer.json(), url, answer.retryAfter);
  }

  /**
   * Waits until the authorization is decided, or the CA asks for another response. Only after a response that
   * the CA took: one that it refused leaves the authorization pending, and waiting changes nothing.
   */
  async poll(
    url: string,
    until: PollUntil<Authorization> = {},
    signal?: AbortSignal,
  ): Promise<Authorization> {
    return poll({
      doing: 'waiting for the authorization',
      fetch: () => this.fetch(url, signal),
      settled: until.settled ?? isAuthorizationSettled,
      deadline: until.deadline,
      ...this.#pace,
      signal,
    });
  }

  /** RFC 8555 §7.5.2. */
  async deactivate(url: string, signal?: AbortSignal): Promise<Authorization> {
    const doing = 'deactivating the authorization';
    const payload = { status: 'deactivated' };
    const answer = await this.#session.write({ doing, url, payload, repeatable: true, signal });
    return parseAuthorization(answer.json(), url, answer.retryAfter);
  }
}
