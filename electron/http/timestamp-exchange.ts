import { Attempt } from './connection.ts';
import { TimeIsUp, untilAborted, withDeadline } from './deadline.ts';
import type { HttpResponse } from './http-client.ts';
import { Http1Connection } from './http1-connection.ts';
import { openConnection, openPlainConnection } from './open-connection.ts';
import { checkRequest } from './request-check.ts';
import { defaultPorts, direct, type RoutesFor } from './route.ts';
import { trustOfThisComputer } from './trust-roots.ts';

export interface TimestampExchangeOptions {
  readonly routesFor?: RoutesFor | undefined;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Bytes of body. */
  readonly maximumSize?: number;
}

/** Asks one server, once; throws as `HttpClient.request` does. */
export type TimestampExchange = (
  url: string,
  query: Uint8Array,
  signal?: AbortSignal,
) => Promise<HttpResponse>;

const defaultTimeout = 20_000;
const defaultMaximumSize = 64 * 1024;

/**
 * Takes queries to timestamp servers (RFC 3161 §3.4), by https or in clear, whoever is at the other end: their answers are
 * signed, and nothing but a digest and a random number is said. This is the one way out of main that is not held to https.
 */
export const timestampExchange =
  (options: TimestampExchangeOptions = {}): TimestampExchange =>
  (url, query, signal) => {
    const { timeout = defaultTimeout, maximumSize = defaultMaximumSize } = options;
    const headers = {
      'Content-Type': 'application/timestamp-query',
      Accept: 'application/timestamp-reply',
    };
    const request = { method: 'POST', url, headers, body: query } as const;
    checkRequest(request);
    return withDeadline({ timeout, signal }, async (deadline) => {
      const attempt = new Attempt({ request, url: new URL(url), maximumSize, deadline });
      try {
        return await exchanged(attempt, options.routesFor);
      } catch (error) {
        if (deadline.reason instanceof TimeIsUp) throw attempt.error('timeout', error);
        throw error;
      }
    });
  };

async function exchanged(
  attempt: Attempt,
  routesFor: RoutesFor | undefined,
): Promise<HttpResponse> {
  const connection = await opened(attempt, routesFor);
  try {
    return await connection.exchange(attempt);
  } finally {
    connection.close();
  }
}

async function opened(
  { url, deadline }: Attempt,
  routesFor: RoutesFor | undefined,
): Promise<Http1Connection> {
  const { protocol, host: authority, hostname, port, origin } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError('timestamp servers are asked by HTTP');
  }
  const { signal } = deadline;
  const usual = protocol === 'https:' ? defaultPorts.https : defaultPorts.http;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const peer = { host, port: port === '' ? usual : Number(port) };
  const routes = routesFor ? await untilAborted(routesFor(origin), signal) : [direct];
  const way = { authority, routes, trustInProxies: trustOfThisComputer, signal };
  const socket =
    protocol === 'https:'
      ? await openConnection({
          ...way,
          peer: { ...peer, trust: undefined, protocols: ['http/1.1'] },
        })
      : await openPlainConnection({ ...way, peer });
  return new Http1Connection(socket, {
    idleTimeout: defaultTimeout,
    onIdle: () => undefined,
    onClose: () => undefined,
  });
}
