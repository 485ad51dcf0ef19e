// Not from node:http, which as an ES module brings Node's WebSocket and HTTP/2 along: 20 ms.
import { request as openRequest } from 'node:https';
import type { Socket } from 'node:net';
import { HttpError, type HttpFault } from './http-client.ts';
import { authorityOf, type Proxy, type ProxyCredentials } from './route.ts';

export interface TunnelOptions {
  readonly proxy: Proxy;
  /** The server to be reached: a name or an address, an IPv6 one without brackets. */
  readonly destination: { readonly host: string; readonly port: number };
  readonly signal: AbortSignal;
}

/** Has an HTTP proxy pass on all that the socket carries from now on (RFC 9110 §9.3.6). */
export function openHttpTunnel(
  socket: Socket,
  { proxy, destination, signal }: TunnelOptions,
): Promise<Socket> {
  const authority = authorityOf(destination);
  return new Promise((resolve, reject) => {
    const asking = openRequest({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorization(proxy.credentials) },
      createConnection: () => socket,
      maxHeaderSize: 16 * 1024,
      signal,
    });
    asking.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    asking.on('connect', ({ statusCode = 0 }, _socket, head) => {
      const fault = faultOf(statusCode, head);
      if (fault === undefined) {
        resolve(socket);
        return;
      }
      reject(new HttpError(fault, authorityOf(proxy), { sent: false }));
      socket.destroy();
    });
    asking.end();
  });
}

function faultOf(status: number, head: Buffer): HttpFault | undefined {
  // 407 it should be; Tinyproxy says 401 to who has the wrong password.
  if (status === 407 || status === 401) return 'proxy-authentication';
  if (status < 200 || status > 299) return 'proxy-refused';
  // Whoever is behind the proxy waits for a TLS client's first word: nobody can have said anything yet.
  return head.length > 0 ? 'response-malformed' : undefined;
}

// RFC 7617.
function authorization(credentials: ProxyCredentials | undefined): Record<string, string> {
  if (!credentials) return {};
  const pair = `${credentials.username}:${credentials.password}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
