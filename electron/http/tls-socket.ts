import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { connected, guarded, type Refuses } from './connected.ts';

export interface Peer {
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
  /** Held against what the host's name leads to, where no proxy is on the way. */
  readonly refuses?: Refuses | undefined;
  /** Who vouches for it; undefined: whoever it is will do. */
  readonly trust: SecureContext | undefined;
  /** The application protocols to offer, best first (RFC 7301). */
  readonly protocols: readonly string[];
}

/** TLS with a server that has shown who it is, over the socket if there is one. Rejects with Node's error. */
export function openTls(
  { host, port, trust, protocols, refuses }: Peer,
  signal: AbortSignal,
  through?: Socket,
): Promise<TLSSocket> {
  const socket = connect({
    host,
    port,
    ...(through && { socket: through }),
    // RFC 6066 §3: neither addresses nor a final dot.
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    ALPNProtocols: [...protocols],
    ...(trust && { secureContext: trust }),
    rejectUnauthorized: trust !== undefined,
  });
  // The first request follows the end of the handshake at once, and must not wait until that has been acknowledged.
  socket.setNoDelay(true);
  return connected(guarded(socket, refuses), 'secureConnect', signal);
}
