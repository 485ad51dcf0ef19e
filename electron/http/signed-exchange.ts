import { Attempt } from './connection.ts';
import { TimeIsUp, untilAborted, withDeadline } from './deadline.ts';
import { HttpError, HttpRequestError, type HttpRequest, type HttpResponse } from './http-client.ts';
import { Http1Connection } from './http1-connection.ts';
import { openConnection, openPlainConnection } from './open-connection.ts';
import { isHere, leadsBack } from './own-address.ts';
import { checkRequest } from './request-check.ts';
import { defaultPorts, direct, type RoutesFor } from './route.ts';
import { trustOfThisComputer } from './trust-roots.ts';

/** Says how long to wait and how much to take: who is at the other end is not known. */
export type SignedRequest = HttpRequest & {
  readonly method: 'GET' | 'POST';
  readonly timeout: number;
  readonly maximumSize: number;
  /** The server may be this computer: for organisations that are there themselves. */
  readonly mayStayHere?: boolean;
};

/** Asks one server, once, and follows no redirect; throws as `HttpClient.request` does. */
export type SignedExchange = (request: SignedRequest) => Promise<HttpResponse>;

/**
 * Gets what somebody has signed, by https or in clear, whoever is at the other end: whoever asks checks the signature, and says
 * nothing that others may not know. Others say where: what leads back to this computer, or no further than its link, is not asked. This is the one way out of main that is not held to https.
 */
export const signedExchange =
  (routesFor?: RoutesFor): SignedExchange =>
  (request) => {
    const { url, timeout, maximumSize, signal } = request;
    checkRequest(request);
    const { username, password } = new URL(url);
    if (username !== '' || password !== '') throw new HttpRequestError('url');
    const { mayStayHere = false } = request;
    return withDeadline({ timeout, signal }, async (deadline) => {
      const attempt = new Attempt({ request, url: new URL(url), maximumSize, deadline });
      try {
        return await exchanged(attempt, { timeout, mayStayHere, routesFor });
      } catch (error) {
        if (deadline.reason instanceof TimeIsUp) throw attempt.error('timeout', error);
        throw error;
      }
    });
  };

interface ExchangeOptions {
  readonly timeout: number;
  readonly mayStayHere: boolean;
  readonly routesFor: RoutesFor | undefined;
}

async function exchanged(attempt: Attempt, how: ExchangeOptions): Promise<HttpResponse> {
  const connection = await opened(attempt, how);
  try {
    return await connection.exchange(attempt);
  } finally {
    connection.close();
  }
}

async function opened(
  { url, deadline }: Attempt,
  { timeout: idleTimeout, mayStayHere, routesFor }: ExchangeOptions,
): Promise<Http1Connection> {
  const { protocol, host: authority, hostname, port, origin } = url;
  if (protocol !== 'http:' && protocol !== 'https:') throw new HttpRequestError('url');
  // Also for proxies, which may be on this computer.
  if (!mayStayHere && isHere(url.href)) {
    throw new HttpError('unreachable', authority, { sent: false });
  }
  const { signal } = deadline;
  const usual = protocol === 'https:' ? defaultPorts.https : defaultPorts.http;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const peer = {
    ...{ host, port: port === '' ? usual : Number(port) },
    ...(!mayStayHere && { refuses: leadsBack }),
  };
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
    idleTimeout,
    onIdle: () => undefined,
    onClose: () => undefined,
  });
}
