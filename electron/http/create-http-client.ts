import { Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { transfer } from './transfer.ts';
import { trustOfThisComputer, trustOnly } from './trust-roots.ts';

export interface HttpClientOptions {
  /** PEM roots that alone vouch for servers of that origin; undefined: whoever this computer trusts. */
  readonly rootsFor?: (origin: string) => readonly string[] | undefined;
  /** Milliseconds, for requests that do not say. */
  readonly timeout?: number;
  /** Bytes of body, for requests that do not say. */
  readonly maximumSize?: number;
  /** Milliseconds after which a connection that nobody uses is closed: a network forgets it without a word. */
  readonly idleTimeout?: number;
}

const defaultTimeout = 30_000;
const defaultIdleTimeout = 30_000;
const defaultMaximumSize = 1024 * 1024;

/** https only, with connections that are kept open and shared per origin and its roots. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return new AgentPool(options);
}

class AgentPool implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agents = new Map<string, { readonly roots: string; readonly agent: Agent }>();
  #trustOfThisComputer: SecureContext | undefined;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    return send(request, this.#options, (url) => this.#agentFor(url.origin));
  }

  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  // When the roots of an origin change, its connections were vouched for by somebody else and are not used again.
  #agentFor(origin: string): Agent {
    const roots = this.#options.rootsFor?.(origin);
    const key = roots?.join('\n') ?? 'this computer';
    const known = this.#agents.get(origin);
    if (known?.roots === key) return known.agent;
    if (known) closeIdle(known.agent);
    const secureContext = roots
      ? trustOnly(roots)
      : (this.#trustOfThisComputer ??= trustOfThisComputer());
    const timeout = this.#options.idleTimeout ?? defaultIdleTimeout;
    const agent = new Agent({ keepAlive: true, timeout, rejectUnauthorized: true, secureContext });
    this.#agents.set(origin, { roots: key, agent });
    return agent;
  }
}

function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

/**
 * A client that does not ask who the server is. Only for fetching documents that carry a signature of their own,
 * whose signer is checked by other means; it sends no body and keeps no connection.
 */
export function createUnauthenticatedHttpClient(
  options: Pick<HttpClientOptions, 'timeout' | 'maximumSize'> = {},
): HttpClient {
  const agent = new Agent({ keepAlive: false, rejectUnauthorized: false });
  return {
    request: async (request) => {
      if (request.method !== 'GET' || request.body !== undefined) {
        throw new TypeError('a server that nobody vouches for is only sent GET requests');
      }
      return send(request, options, () => agent);
    },
    close: () => {
      agent.destroy();
    },
  };
}

async function send(
  request: HttpRequest,
  options: HttpClientOptions,
  agentFor: (url: URL) => Agent,
): Promise<HttpResponse> {
  const url = new URL(request.url);
  if (url.protocol !== 'https:') throw new TypeError('only https is spoken');
  return transfer({
    request,
    url,
    agent: agentFor(url),
    timeout: request.timeout ?? options.timeout ?? defaultTimeout,
    maximumSize: request.maximumSize ?? options.maximumSize ?? defaultMaximumSize,
  });
}
