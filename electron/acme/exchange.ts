import type { JsonWebKey } from 'node:crypto';
import { HttpError, type HttpClient, type HttpResponse } from '../http/http-client.ts';
import type { Signer } from '../keys/signer.ts';
import { AcmeAnswer } from './answer.ts';
import type { Clock } from './clock.ts';
import { signJws, type JwsPayload } from './jws.ts';
import { NoncePool, replayNonce } from './nonce-pool.ts';
import { AcmeProblem } from './problem.ts';
import { AcmeOutcomeUnknown, AcmeProtocolError } from './protocol-error.ts';
import { backoffDelay, type RetryPolicy } from './retry-policy.ts';

/** Who signs a request and how the server finds the key (RFC 8555 §6.2). */
export interface Authentication {
  readonly signer: Signer;
  readonly key: { readonly kid: string } | { readonly jwk: Readonly<JsonWebKey> };
}

export interface SignedRequest {
  /** What is being done, for errors. */
  readonly doing: string;
  readonly url: string;
  readonly payload: JwsPayload;
  readonly authentication: Authentication;
  /** Whether the server ends in the same state when it gets the request twice. */
  readonly repeatable: boolean;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly userAgent: string;
  readonly languages: readonly string[];
}

const mostBadNonces = 3;
// RFC 9110 §15.5: the path leads nowhere, or to something that takes no such requests. Redirects are never followed.
const goneStatuses: readonly number[] = [301, 302, 303, 307, 308, 404, 405, 410];
const transientStatuses: readonly number[] = [429, 500, 502, 503, 504];

/** Signed requests and their answers: nonces, retries and refusals are dealt with here (RFC 8555 §6). */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #nonces = new NoncePool();
  #newNonceUrl: string | undefined;
  #origins: ReadonlySet<string> = new Set();
  #prefixes: readonly string[] = [];
  #lost: (() => void) | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Where nonces come from, and which origins are the server's. */
  open(newNonceUrl: string, origins: ReadonlySet<string>): void {
    this.#newNonceUrl = newNonceUrl;
    this.#origins = origins;
    this.#prefixes = [...origins]
      .filter((origin) => origin.startsWith('https://'))
      .map((origin) => `${origin}/`);
  }

  /** Calls back when the server has no such resource, so that whoever remembered where it was can forget it. */
  whenLost(lost: () => void): void {
    this.#lost = lost;
  }

  /** An unauthenticated resource: the directory and the like. */
  async get(doing: string, url: string, signal: AbortSignal | undefined): Promise<AcmeAnswer> {
    return this.#retried(true, signal, async () => {
      const answer = this.#answer(doing, await this.#fetch('GET', url, signal));
      this.#nonces.put(answer.header('replay-nonce'));
      return this.#accepted(answer);
    });
  }

  /** A signed request. Throws `AcmeProblem` for a refusal and `AcmeOutcomeUnknown` when a request that is not repeatable got no answer. */
  async post(request: SignedRequest): Promise<AcmeAnswer> {
    this.checkUrl(request.doing, request.url);
    return this.#retried(request.repeatable, request.signal, () => this.#sendSigned(request));
  }

  /** RFC 8555 §6.1 wants https; and what is signed with the account's key goes to the account's server only. */
  checkUrl(doing: string, url: string): string {
    if (this.isOwn(url)) return url;
    throw new AcmeProtocolError('foreign-url', doing, { url });
  }

  isOwn(url: string): boolean {
    // An origin with the slash behind it ends the authority, whatever follows: nothing is left to parse.
    if (this.#prefixes.some((prefix) => url.startsWith(prefix))) return true;
    const parsed = URL.parse(url);
    if (parsed === null) return false;
    const { protocol, origin, username } = parsed;
    return protocol === 'https:' && username === '' && this.#origins.has(origin);
  }

  async #sendSigned(request: SignedRequest): Promise<AcmeAnswer> {
    let nonce = this.#nonces.take() ?? (await this.#newNonce(request.signal));
    for (let refused = 0; ; refused += 1) {
      const answer = await this.#sendOnce(request, nonce);
      const problem = answer.problem();
      if (problem?.type !== 'badNonce') {
        this.#nonces.put(answer.header('replay-nonce'));
        return this.#accepted(answer);
      }
      if (refused === mostBadNonces) {
        this.#nonces.put(answer.header('replay-nonce'));
        const details = { url: request.url, cause: problem };
        throw new AcmeProtocolError('nonce-refused', request.doing, details);
      }
      // RFC 8555 §6.5: the retry "MUST use the nonce provided in the error response".
      nonce = replayNonce(answer.header('replay-nonce')) ?? (await this.#newNonce(request.signal));
    }
  }

  #accepted(answer: AcmeAnswer): AcmeAnswer {
    if (goneStatuses.includes(answer.status)) this.#lost?.();
    return answer.throwIfRefused();
  }

  async #sendOnce(request: SignedRequest, nonce: string): Promise<AcmeAnswer> {
    const { doing, url, payload, authentication, accept, signal } = request;
    const jws = await signJws(
      authentication.signer,
      { ...authentication.key, nonce, url },
      payload,
    );
    signal?.throwIfAborted();
    const headers = {
      'content-type': 'application/jose+json',
      accept: accept ?? 'application/json',
    };
    try {
      return this.#answer(
        doing,
        await this.#fetch('POST', url, signal, headers, JSON.stringify(jws)),
      );
    } catch (error) {
      if (request.repeatable || !(error instanceof HttpError) || !error.sent) throw error;
      throw new AcmeOutcomeUnknown(doing, url, { cause: error });
    }
  }

  // RFC 8555 §7.2 allows HEAD as well; Node's own HTTP client, if it is one, would give up the connection after that.
  async #newNonce(signal: AbortSignal | undefined): Promise<string> {
    const url = this.#newNonceUrl;
    if (url === undefined) throw new Error('the exchange is not open yet');
    const { doing } = await this.get('getting a nonce', url, signal);
    const nonce = this.#nonces.take();
    if (nonce === undefined) throw new AcmeProtocolError('nonce-missing', doing, { url });
    return nonce;
  }

  #fetch(
    method: 'GET' | 'POST',
    url: string,
    signal: AbortSignal | undefined,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<HttpResponse> {
    const { http, userAgent, languages } = this.#options;
    return http.request({
      method,
      url,
      headers: {
        'user-agent': userAgent,
        ...(languages.length > 0 && { 'accept-language': languages.join(', ') }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
  }

  #answer(doing: string, response: HttpResponse): AcmeAnswer {
    return new AcmeAnswer(doing, response, this.#options.clock.now());
  }

  async #retried<T>(
    repeatable: boolean,
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ): Promise<T> {
    const { retry, clock } = this.#options;
    for (let round = 0; ; round += 1) {
      try {
        return await send();
      } catch (error) {
        const pause =
          repeatable && round + 1 < retry.attempts ? this.#pause(error, round) : undefined;
        if (pause === undefined) throw error;
        await clock.sleep(pause, signal);
      }
    }
  }

  /** Milliseconds after which trying again may help; undefined when it would not. */
  #pause(error: unknown, round: number): number | undefined {
    const { retry, random, clock } = this.#options;
    const delay = backoffDelay(retry.backoff, round, random);
    if (error instanceof HttpError) return error.reason === 'reset' ? delay : undefined;
    if (!(error instanceof AcmeProblem) || !transientStatuses.includes(error.status))
      return undefined;
    const { retryAfter } = error.context;
    if (retryAfter === undefined) return error.status === 429 ? undefined : delay;
    const pause = Math.max(delay, retryAfter.getTime() - clock.now().getTime());
    return pause > retry.patience ? undefined : pause;
  }
}
