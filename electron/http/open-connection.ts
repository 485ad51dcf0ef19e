import { connect, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { connected, guarded } from './connected.ts';
import { TimeIsUp, withDeadline } from './deadline.ts';
import { HttpError, type HttpFault } from './http-client.ts';
import { httpFaultOf } from './http-fault.ts';
import { authorityOf, type Proxy, type Route } from './route.ts';
import { openTls, type Peer } from './tls-socket.ts';

/** How to get to a server. */
interface Way {
  /** As it stands in the server's URL. */
  readonly authority: string;
  /** The ways to it, the preferred first; the next one is taken when a proxy is not there. */
  readonly routes: readonly Route[];
  /** Who vouches for proxies that are spoken to within TLS. */
  readonly trustInProxies: () => SecureContext;
  readonly signal: AbortSignal;
}

export interface OpenOptions extends Way {
  readonly peer: Peer;
}

export interface OpenPlainOptions extends Way {
  readonly peer: Pick<Peer, 'host' | 'port' | 'refuses'>;
}

// Milliseconds for a proxy while there are other ways: one that is switched off may just be silent.
const patienceWithProxy = 5_000;

/** A TLS connection whose other end has shown who it is. Throws `HttpError`, or the signal's reason. */
export const openConnection = (options: OpenOptions): Promise<TLSSocket> =>
  open(options, (tunnel) => openTls(options.peer, options.signal, tunnel));

/** As `openConnection`, with whoever it is, and for everybody on the way to read. */
export function openPlainConnection(options: OpenPlainOptions): Promise<Socket> {
  const { host, port, refuses } = options.peer;
  return open(
    options,
    (tunnel) =>
      tunnel ?? connected(guarded(connect({ host, port }), refuses), 'connect', options.signal),
  );
}

async function open<Opened extends Socket>(
  options: OpenPlainOptions,
  openTo: (tunnel: Socket | undefined) => Promise<Opened> | Opened,
): Promise<Opened> {
  const { authority, routes, signal } = options;
  for (const [index, route] of routes.entries()) {
    const isLast = index === routes.length - 1;
    const tunnel = route.kind === 'direct' ? undefined : await through(route, isLast, options);
    if (tunnel === 'absent') continue;
    try {
      return await openTo(tunnel);
    } catch (error) {
      signal.throwIfAborted();
      throw new HttpError(httpFaultOf(error, false), authority, { cause: error, sent: false });
    }
  }
  throw new HttpError('unreachable', authority, { sent: false });
}

/** Signs that nobody is there who could have said no. */
const absence: readonly HttpFault[] = [
  'refused',
  'reset',
  'timeout',
  'name-not-found',
  'unreachable',
  'tls-untrusted',
  'tls-failed',
];

async function through(
  proxy: Proxy,
  isLast: boolean,
  options: OpenPlainOptions,
): Promise<Socket | 'absent'> {
  const { signal } = options;
  try {
    if (isLast) return await openTunnel(proxy, options, signal);
    const limits = { timeout: patienceWithProxy, signal };
    return await withDeadline(limits, (limited) => openTunnel(proxy, options, limited.signal));
  } catch (error) {
    signal.throwIfAborted();
    const failure = proxyFailure(proxy, error);
    if (!isLast && absence.includes(failure.reason)) return 'absent';
    throw failure;
  }
}

function proxyFailure(proxy: Proxy, cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause;
  const fault = cause instanceof TimeIsUp ? 'timeout' : httpFaultOf(cause, false);
  return new HttpError(fault, authorityOf(proxy), { cause, sent: false });
}

async function openTunnel(
  proxy: Proxy,
  { peer, trustInProxies }: OpenPlainOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { kind, host, port } = proxy;
  const options = { proxy, destination: peer, signal };
  // Both are loaded by those who have a proxy; node:https alone would take ten milliseconds.
  if (kind === 'socks5') {
    const { openSocksTunnel } = await import('./socks-tunnel.ts');
    return openSocksTunnel(await connected(connect({ host, port }), 'connect', signal), options);
  }
  const { openHttpTunnel } = await import('./http-tunnel.ts');
  const socket = await (kind === 'https'
    ? openTls({ host, port, trust: trustInProxies(), protocols: ['http/1.1'] }, signal)
    : connected(connect({ host, port }), 'connect', signal));
  return openHttpTunnel(socket, options);
}
