import { base64url } from 'jose';
import type { HttpClient } from '../http/http-client.ts';
import type { Signer } from '../keys/signer.ts';
import { parseAccount, parseOrderList, type Account, type NewAccount } from './account.ts';
import { AccountSession, type OwnRequest } from './account-session.ts';
import type { AcmeAnswer } from './answer.ts';
import { isAuthorizationSettled, parseAuthorization, type Authorization } from './authorization.ts';
import {
  endsIn,
  parsePemChain,
  type CertificateChain,
  type DownloadOptions,
} from './certificate.ts';
import { parseChallenge, tokenKind, type Challenge } from './challenge.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { bindExternalAccount } from './external-account-binding.ts';
import type { Identifier } from './identifier.ts';
import { signJws } from './jws.ts';
import type { JsonObject } from './json.ts';
import { joinKeyAuthorization } from './key-authorization.ts';
import {
  checkUnchanged,
  isOrderSettled,
  newOrderPayload,
  parseOrder,
  type NewOrder,
  type Order,
} from './order.ts';
import { poll, type PollPace, type PollUntil } from './poll.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import {
  defaultPollBackoff,
  defaultRetryPolicy,
  type Backoff,
  type RetryPolicy,
} from './retry-policy.ts';
import { revocationPayload, type Revocation } from './revocation.ts';

export interface AcmeClientOptions {
  readonly http: HttpClient;
  readonly directoryUrl: string;
  /** The account key. */
  readonly signer: Signer;
  /** Of an account that exists; found or made by `newAccount` otherwise. */
  readonly accountUrl?: string;
  /** RFC 8555 §6.1 requires it. */
  readonly userAgent?: string;
  /** Languages in which problems should be told, best first (RFC 8555 §6.1). */
  readonly languages?: readonly string[];
  readonly clock?: Clock;
  /** In [0, 1); spreads retries and polls. */
  readonly random?: () => number;
  readonly retry?: RetryPolicy;
  readonly pollBackoff?: Backoff;
}

/**
 * An account at an ACME server (RFC 8555), one method per request.
 * Methods throw `AcmeProblem` (the server refused), `AcmeProtocolError` (its answer is unusable), `HttpError` (no answer),
 * or `AcmeOutcomeUnknown` (no answer to a request that must not be repeated unseen); an abort rejects with the signal's reason.
 */
export class AcmeClient {
  readonly #session: AccountSession;
  readonly #pace: PollPace;
  /** Where the account's orders are listed, once an account object said so. */
  #orders: string | undefined;

  private constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /** Reads the directory (RFC 8555 §7.1.1). */
  static async connect(options: AcmeClientOptions, signal?: AbortSignal): Promise<AcmeClient> {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    const session = await AccountSession.open(
      {
        http: options.http,
        directoryUrl: options.directoryUrl,
        signer: options.signer,
        accountUrl: options.accountUrl,
        userAgent: options.userAgent ?? 'Countersign',
        languages: options.languages ?? [],
        retry: options.retry ?? defaultRetryPolicy,
        clock,
        random,
      },
      signal,
    );
    const backoff = options.pollBackoff ?? defaultPollBackoff;
    return new AcmeClient(session, { backoff, clock, random });
  }

  get directory(): Directory {
    return this.#session.directory;
  }

  /** Undefined until there is an account. */
  get accountUrl(): string | undefined {
    return this.#session.accountUrl;
  }

  /** RFC 7638 thumbprint of the account key. */
  get thumbprint(): string {
    return this.#session.thumbprint;
  }

  /** RFC 8555 §7.3. Repeating it with the same key finds the same account. */
  async newAccount(details: NewAccount, signal?: AbortSignal): Promise<Account> {
    const doing = 'creating the account';
    const { signer } = this.#session;
    const url = this.#session.resource('newAccount', doing);
    const { externalAccountBinding: external, ...account } = details;
    const binding = external && { ...bindExternalAccount(signer, external, url) };
    const answer = await this.#session.writeAs(signer, {
      doing,
      url,
      payload: { ...account, externalAccountBinding: binding },
      // RFC 8555 §7.3.1: a key has one account, the second request only finds it.
      repeatable: true,
      signal,
    });
    const location = this.#session.locationOf(answer);
    this.#session.useAccount(location);
    return this.#remember(parseAccount(answer.json(), location));
  }

  async fetchAccount(signal?: AbortSignal): Promise<Account> {
    const doing = 'fetching the account';
    const url = this.#session.requireAccount(doing);
    const answer = await this.#session.read({ doing, url, signal });
    return this.#remember(parseAccount(answer.json(), url));
  }

  /** RFC 8555 §7.3.2. */
  async updateAccount(
    changes: { readonly contact: readonly string[] },
    signal?: AbortSignal,
  ): Promise<Account> {
    return this.#postAccount({
      doing: 'updating the account',
      payload: { contact: changes.contact },
      repeatable: true,
      signal,
    });
  }

  /** RFC 8555 §7.3.6: there is no way back. */
  async deactivateAccount(signal?: AbortSignal): Promise<Account> {
    return this.#postAccount({
      doing: 'deactivating the account',
      payload: { status: 'deactivated' },
      repeatable: false,
      signal,
    });
  }

  /**
   * RFC 8555 §7.3.5: from here on the account has the new key. Key authorizations change with it, so
   * responses that are on their way must be finished first.
   */
  async changeKey(newSigner: Signer, signal?: AbortSignal): Promise<void> {
    const doing = 'changing the account key';
    const url = this.#session.resource('keyChange', doing);
    const account = this.#session.requireAccount(doing);
    const oldKey = this.#session.signer.publicJwk as JsonObject;
    const inner = await signJws(newSigner, { jwk: newSigner.publicJwk, url }, { account, oldKey });
    await this.#session.write({ doing, url, payload: { ...inner }, repeatable: false, signal });
    await this.#session.useSigner(newSigner);
  }

  /** URLs of the account's orders (RFC 8555 §7.1.2.1); undefined when the server keeps no list. */
  async listOrders(signal?: AbortSignal): Promise<readonly string[] | undefined> {
    const doing = 'listing the orders';
    const first = this.#orders ?? (await this.fetchAccount(signal)).orders;
    if (first === undefined) return undefined;
    const orders: string[] = [];
    const pages = new Set<string>();
    for (let url: string | undefined = first; url !== undefined && !pages.has(url);) {
      pages.add(url);
      const answer: AcmeAnswer = await this.#session.read({ doing, url, signal });
      orders.push(...parseOrderList(answer.json(), url));
      url = answer.links('next')[0];
    }
    return orders;
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

  async fetchOrder(url: string, signal?: AbortSignal): Promise<Order> {
    const answer = await this.#session.read({ doing: 'fetching the order', url, signal });
    return parseOrder(answer.json(), url, answer.retryAfter);
  }

  /** Waits for the next status that needs the client: `ready`, `valid` or `invalid`. */
  async pollOrder(
    order: Order,
    until: PollUntil<Order> = {},
    signal?: AbortSignal,
  ): Promise<Order> {
    return poll({
      doing: 'waiting for the order',
      last: order,
      fetch: async () => checkUnchanged(order, await this.fetchOrder(order.url, signal)),
      settled: until.settled ?? isOrderSettled,
      deadline: until.deadline,
      ...this.#pace,
      signal,
    });
  }

  /** Pre-authorization (RFC 8555 §7.4.1); only where the directory has `newAuthz`. */
  async newAuthorization(identifier: Identifier, signal?: AbortSignal): Promise<Authorization> {
    const doing = 'asking for an authorization';
    const url = this.#session.resource('newAuthz', doing);
    const payload = { identifier: { type: identifier.type, value: identifier.value } };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    const location = this.#session.locationOf(answer);
    return parseAuthorization(answer.json(), location, answer.retryAfter);
  }

  async fetchAuthorization(url: string, signal?: AbortSignal): Promise<Authorization> {
    const answer = await this.#session.read({ doing: 'fetching the authorization', url, signal });
    return parseAuthorization(answer.json(), url, answer.retryAfter);
  }

  /**
   * Waits until the authorization is decided, or the CA asks for another response. Only after a response that
   * the CA took: one that it refused leaves the authorization pending, and waiting changes nothing.
   */
  async pollAuthorization(
    url: string,
    until: PollUntil<Authorization> = {},
    signal?: AbortSignal,
  ): Promise<Authorization> {
    return poll({
      doing: 'waiting for the authorization',
      fetch: () => this.fetchAuthorization(url, signal),
      settled: until.settled ?? isAuthorizationSettled,
      deadline: until.deadline,
      ...this.#pace,
      signal,
    });
  }

  /** RFC 8555 §7.5.2. */
  async deactivateAuthorization(url: string, signal?: AbortSignal): Promise<Authorization> {
    const doing = 'deactivating the authorization';
    const payload = { status: 'deactivated' };
    const answer = await this.#session.write({ doing, url, payload, repeatable: true, signal });
    return parseAuthorization(answer.json(), url, answer.retryAfter);
  }

  /** RFC 8555 §7.5.1. Not repeated by itself: each one that arrives may count as an attempt. */
  async respondToChallenge(
    url: string,
    response: JsonObject,
    signal?: AbortSignal,
  ): Promise<Challenge> {
    const doing = 'responding to the challenge';
    const request = { doing, url, payload: response, repeatable: false, signal };
    const answer = await this.#session.write(request);
    return parseChallenge(answer.json(), url, answer.retryAfter);
  }

  async fetchChallenge(url: string, signal?: AbortSignal): Promise<Challenge> {
    const answer = await this.#session.read({ doing: 'fetching the challenge', url, signal });
    return parseChallenge(answer.json(), url, answer.retryAfter);
  }

  /** RFC 8555 §8.1, with the current account key. Throws for a token that is too short or no base64url. */
  keyAuthorization(token: string): string {
    if (tokenKind({ token }) === 'sound') return joinKeyAuthorization(token, this.thumbprint);
    const url = this.#session.directoryUrl;
    throw new AcmeProtocolError('token-malformed', 'making a key authorization', { url });
  }

  /** RFC 8555 §7.4; `csr` is DER. Not repeated by itself. */
  async finalize(order: Order, csr: Uint8Array, signal?: AbortSignal): Promise<Order> {
    const doing = 'finalizing the order';
    const url = order.finalize;
    const payload = { csr: base64url.encode(csr) };
    const answer = await this.#session.write({ doing, url, payload, repeatable: false, signal });
    return checkUnchanged(order, parseOrder(answer.json(), order.url, answer.retryAfter));
  }

  /** RFC 8555 §7.4.2. */
  async downloadCertificate(
    url: string,
    { preferredRoot }: DownloadOptions = {},
    signal?: AbortSignal,
  ): Promise<CertificateChain> {
    const first = await this.#downloadChain(url, signal);
    if (preferredRoot === undefined || endsIn(first.chain, preferredRoot)) return first;
    for (const alternate of first.alternates) {
      const { chain } = await this.#downloadChain(alternate, signal);
      if (chain[0] === first.chain[0] && endsIn(chain, preferredRoot)) {
        return { ...first, url: alternate, chain };
      }
    }
    return first;
  }

  /** RFC 8555 §7.6, by the account or by the certificate's own key. */
  async revokeCertificate(revocation: Revocation, signal?: AbortSignal): Promise<void> {
    const doing = 'revoking the certificate';
    const url = this.#session.resource('revokeCert', doing);
    const payload = revocationPayload(revocation);
    const request = { doing, url, payload, repeatable: true, signal };
    await (revocation.signer
      ? this.#session.writeAs(revocation.signer, request)
      : this.#session.write(request));
  }

  async #downloadChain(url: string, signal: AbortSignal | undefined): Promise<CertificateChain> {
    const accept = 'application/pem-certificate-chain';
    const answer = await this.#session.read({
      doing: 'downloading the certificate',
      url,
      accept,
      signal,
    });
    const chain = parsePemChain(answer.text(accept), url);
    return { url, chain, alternates: this.#session.ownLinks(answer, 'alternate') };
  }

  async #postAccount(request: Omit<OwnRequest, 'url'>): Promise<Account> {
    const url = this.#session.requireAccount(request.doing);
    const answer = await this.#session.write({ ...request, url });
    return this.#remember(parseAccount(answer.json(), url));
  }

  #remember(account: Account): Account {
    this.#orders = account.orders;
    return account;
  }
}
