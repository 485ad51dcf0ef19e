import type { HttpResponse } from './http-client.ts';
import type { RoutesFor } from './route.ts';
import { signedExchange, type SignedRequest } from './signed-exchange.ts';

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
  options?: Pick<SignedRequest, 'signal' | 'mayStayHere'>,
) => Promise<HttpResponse>;

/** Takes queries to timestamp servers (RFC 3161 §3.4): their answers are signed, and nothing but a digest and a random number is said. */
export function timestampExchange({
  routesFor,
  timeout = 20_000,
  maximumSize = 64 * 1024,
}: TimestampExchangeOptions = {}): TimestampExchange {
  const exchange = signedExchange(routesFor);
  const headers = {
    'Content-Type': 'application/timestamp-query',
    Accept: 'application/timestamp-reply',
  };
  return (url, query, options) =>
    exchange({
      ...{ method: 'POST', url, headers, body: query, timeout, maximumSize },
      ...options,
    });
}
