import type { AccountSession } from './account-session.ts';
import type { AcmeAnswer } from './answer.ts';
import { Anticipation } from './anticipation.ts';
import { isAuthorizationSettled, parseAuthorization, type Authorization } from './authorization.ts';
import { isWildcard, isWrittenForCertificates, type Identifier } from './identifier.ts';
import { poll, type PollPace, type PollUntil } from './poll.ts';
import { AcmeRequestError } from './protocol-error.ts';

/** An identifier to be authorized ahead of any order. */
export interface PreAuthorizedIdentifier extends Identifier {
  /** RFC 9444 §4.2: stands inside the identifier. */
  readonly subdomainAuthAllowed?: true;
}

/** Requests about authorizations (RFC 8555 §7.4.1, §7.5). */
export class AuthorizationRequests {
  readonly #session: AccountSession;
  readonly #pace: PollPace;
  readonly #anticipation = new Anticipation();

  constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /**
   * Pre-authorization (RFC 8555 §7.4.1); only where the directory has `newAuthz`. With `subdomainAuthAllowed` it is asked
   * for all names below, too (RFC 9444 §4.2); whether it was given is in the answer.
   */
  async newAuthz(
    identifier: PreAuthorizedIdentifier,
    signal?: AbortSignal,
  ): Promise<Authorization> {
    const doing = 'asking for an authorization';
    const url = this.#session.resource('newAuthz', doing);
    if (isWildcard(identifier)) throw new AcmeRequestError('wildcard', doing);
    if (!isWrittenForCertificates(identifier)) throw new AcmeRequestError('name', doing);
    const { type, value, subdomainAuthAllowed } = identifier;
    const payload = { identifier: { type, value, subdomainAuthAllowed } };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    return this.#read(answer, this.#session.locationOf(answer));
  }

  async fetch(url: string, signal?: AbortSignal): Promise<Authorization> {
    const answer = await this.#session.read({ doing: 'fetching the authorization', url, signal });
    return this.#read(answer, url);
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
    const settled = until.settled ?? isAuthorizationSettled;
    return poll({
      doing: 'waiting for the authorization',
      last: await this.#firstLook(url, settled, signal),
      fetch: () => this.fetch(url, signal),
      settled,
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
    return this.#read(answer, url);
  }

  async #firstLook(
    url: string,
    settled: (authorization: Authorization) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Authorization> {
    const { pause } = this.#anticipation;
    if (pause > 0) await this.#pace.clock.sleep(pause, signal);
    const first = await this.fetch(url, signal);
    if (settled(first)) this.#anticipation.inTime();
    else if (first.retryAfter !== undefined) this.#anticipation.tooEarly(pause);
    return first;
  }

  #read(answer: AcmeAnswer, url: string): Authorization {
    const authorization = parseAuthorization(answer.json(), url, answer.retryAfter);
    return this.#session.responses.seenAll(authorization);
  }
}
