import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
};

export type HttpsRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A client certificate and its key, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string };
};

export type HttpsClient = {
  send(url: string, request?: HttpsRequest): Promise<Reply>;
  /** How many connections were opened. */
  connections(): number;
  close(): void;
};

/** A plain HTTPS client that trusts one root and keeps connections alive. */
export function createHttpsClient(rootPem: string): HttpsClient {
  const agent = new Agent({ ca: rootPem, keepAlive: true, maxSockets: 16 });
  const sockets = new Set<unknown>();
  return {
    send: (url, { method = 'GET', headers = {}, body, identity } = {}) =>
      new Promise((resolve, reject) => {
        const own = identity === undefined ? { agent } : { ...identity, ca: rootPem, agent: false };
        const outgoing = httpsRequest(url, { method, headers, ...own }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes: Buffer.concat(chunks),
            }),
          );
        });
        outgoing.once('socket', (socket) => sockets.add(socket));
        outgoing.once('error', reject);
        outgoing.end(body);
      }),
    connections: () => sockets.size,
    close: () => agent.destroy(),
  };
}
