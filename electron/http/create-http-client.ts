import type { SecureContext } from 'node:tls';
import { Attempt } from './connection.ts';
import { Connections } from './connections.ts';
import { TimeIsUp, untilAborted, withDeadline } from './deadline.ts';
import { HttpError, type HttpClient, type HttpRequest, type HttpResponse } from './http-client.ts';
import { openConnection } from './open-connection.ts';
import { checkRequest } from './request-check.ts';
import { direct, type RoutesFor } from './route.ts';
import { trustOfThisComputer, trustOnly } from './trust-roots.ts';

export interface HttpClientOptions {
  /** PEM roots that alone vouch for servers of that origin; undefined: whoever this computer trusts. */
  readonly rootsFor?: (origin: string) => readonly string[] | undefined;
  /** Which proxies lead to an origin; asked for each new connection. Without it no proxy is used. */
  readonly routesFor?: RoutesFor | undefined;
  /** Milliseconds, for requests that do not say. */
  readonly timeout?: number;
  /** Bytes of body, for requests that do not say. */
  readonly maximumSize?: number;
  /** Milliseconds after which a connection that nobody uses is closed: a network forgets it without a word. */
  readonly idleTimeout?: number;
  /** Whether servers may choose HTTP/2; they may when it is not said. */
  readonly offerHttp2?: boolean;
}

const defaultTimeout = 30_000;
const defaultIdleTimeout = 30_000;
const defaultMaximumSize = 1024 * 1024;

/** https only, with connections that are kept open and shared per origin and its roots. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return new PooledHttpClient(options);
}

function sameRoots(
  known: readonly string[] | undefined,
  roots: readonly string[] | undefined,
): boolean {
  if (known === undefined || roots === undefined) return known === roots;
  return known.length === roots.length && known.every((root, at) => root === roots[at]);
}

interface Known {
  readonly roots: readonly string[] | undefined;
  readonly connections: Connections;
}

class PooledHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #known = new Map<string, Known>();
  #trustOfThisComputer: SecureContext | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    return send(request, this.#options, (url) => this.#connectionsTo(url));
  }

  close(): void {
    for (const { connections } of this.#known.values()) connections.close();
    this.#known.clear();
  }

  // When the roots of an origin change, its connections were vouched for by somebody else and are not used again.
  #connectionsTo(url: URL): Connections {
    const roots = this.#options.rootsFor?.(url.origin);
    const known = this.#known.get(url.origin);
    if (known && sameRoots(known.roots, roots)) return known.connections;
    known?.connections.retire();
    const trustInProxies = (): SecureContext =>
      (this.#trustOfThisComputer ??= trustOfThisComputer());
    const trust = roots ? trustOnly(roots) : trustInProxies();
    const connections = connectionsTo(url, this.#options, { trust, trustInProxies });
    this.#known.set(url.origin, { roots: roots && [...roots], connections });
    return connections;
  }
}

/**
 * A client that does not ask who the server is. Only for fetching documents that carry a signature of their own,
 * whose signer is checked by other means; it sends no body and keeps no connection.
 */
export function createUnauthenticatedHttpClient(
  options: Pick<HttpClientOptions, 'timeout' | 'maximumSize' | 'routesFor'> = {},
): HttpClient {
  const running = new Set<Connections>();
  return {
    request: async (request) => {
      if (request.method !== 'GET' || request.body !== undefined) {
        throw new TypeError('a server that nobody vouches for is only sent GET requests');
      }
      const connections = connectionsTo(
        secureUrl(request),
        { ...options, offerHttp2: false },
        { trust: undefined, trustInProxies: trustOfThisComputer },
      );
      running.add(connections);
      try {
        return await send(request, options, () => connections);
      } finally {
        connections.close();
        running.delete(connections);
      }
    },
    close: () => {
      for (const connections of running) connections.close();
    },
  };
}

interface Trust {
  /** Undefined: in whoever it is. */
  readonly trust: SecureContext | undefined;
  readonly trustInProxies: () => SecureContext;
}

function connectionsTo(
  { origin, host: authority, hostname, port }: URL,
  { routesFor, idleTimeout, offerHttp2 }: HttpClientOptions,
  { trust, trustInProxies }: Trust,
): Connections {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const address = { host, port: port === '' ? 443 : Number(port), trust };
  return new Connections({
    origin,
    offerHttp2: offerHttp2 ?? true,
    idleTimeout: idleTimeout ?? defaultIdleTimeout,
    open: async (protocols, signal) => {
      const routes = routesFor ? await untilAborted(routesFor(origin), signal) : [direct];
      const peer = { ...address, protocols };
      return openConnection({ authority, peer, routes, trustInProxies, signal });
    },
  });
}

async function send(
  request: HttpRequest,
  options: HttpClientOptions,
  connectionsFor: (url: URL) => Connections,
): Promise<HttpResponse> {
  const url = secureUrl(request);
  const { signal, timeout = options.timeout ?? defaultTimeout } = request;
  const maximumSize = request.maximumSize ?? options.maximumSize ?? defaultMaximumSize;
  return withDeadline({ timeout, signal }, (deadline) =>
    delivered({ request, url, maximumSize, deadline }, connectionsFor(url)),
  );
}

async function delivered(
  options: ConstructorParameters<typeof Attempt>[0],
  connections: Connections,
): Promise<HttpResponse> {
  const { deadline } = options;
  for (let attempts = 1; ; attempts += 1) {
    const attempt = new Attempt(options);
    try {
      const connection = await connections.take(deadline);
      const { isUsed } = connection;
      try {
        return await connection.exchange(attempt);
      } catch (error) {
        if (attempts > 1 || deadline.reason || !mayRepeat(attempt, error, isUsed)) throw error;
      }
    } catch (error) {
      if (deadline.reason instanceof TimeIsUp) throw attempt.error('timeout', error);
      throw error;
    }
  }
}

/**
 * Whether a request that came to nothing may be sent again without asking. Yes when the server said that it did nothing
 * with it (RFC 9113 §8.7). Yes when the connection had been idle and ended without a sign of an answer, which is how a
 * server's time-out crosses with a request on the way (RFC 9112 §9.3.1): but only when the request asks for nothing to be
 * done (RFC 9110 §9.2.2), because nobody can tell whether it arrived. So a POST goes back to whoever knows what it does.
 */
function mayRepeat(attempt: Attempt, error: unknown, isUsed: boolean): boolean {
  if (attempt.declined) return true;
  const { method } = attempt.request;
  const wasCutOff = error instanceof HttpError && error.reason === 'reset' && !attempt.answered;
  return wasCutOff && (isUsed || attempt.misdirected) && method !== 'POST';
}

function secureUrl(request: HttpRequest): URL {
  checkRequest(request);
  const url = new URL(request.url);
  if (url.protocol !== 'https:') throw new TypeError('only https is spoken');
  return url;
}
