import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { speakFrames } from './http2-frames.ts';

/** What a server says for each stream that is opened; connections are counted from 1. */
export type FrameLines = (
  stream: number,
  connection: number,
  socket: TLSSocket,
) => Buffer | undefined;

/** TLS servers of a test on free ports of this computer, and how to be rid of them. */
export class TestServers {
  readonly #tls: ServerOptions;
  readonly #closings: (() => Promise<void>)[] = [];

  constructor(tls: ServerOptions) {
    this.#tls = tls;
  }

  /** The origin of a server that answers as the listener says. */
  async serve(listener: RequestListener, tls: ServerOptions = {}): Promise<string> {
    return `https://localhost:${await this.listen(createServer({ ...this.#tls, ...tls }, listener))}`;
  }

  /** The origin of a server that answers whatever comes with these octets. */
  serveOctets(octets: string, end = true): Promise<string> {
    return this.serve((request) => {
      request.socket.write(octets);
      if (end) request.socket.end();
    });
  }

  /** The origin of a server that speaks HTTP/2 by hand. */
  async serveFrames(lines: FrameLines): Promise<string> {
    let connections = 0;
    const server = createTlsServer({ ...this.#tls, ALPNProtocols: ['h2'] }, (socket) => {
      connections += 1;
      const connection = connections;
      speakFrames(socket, (stream) => {
        const line = lines(stream, connection, socket);
        if (line) socket.write(line);
      });
    });
    return `https://localhost:${await this.listen(server)}`;
  }

  /** The port that the server got. */
  listen(server: Server): Promise<number> {
    const sockets = new Set<Socket>();
    const track = (socket: Socket): unknown => sockets.add(socket.on('error', () => undefined));
    server.on('connection', track).on('secureConnection', track);
    this.#closings.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    for (const closing of this.#closings.splice(0)) await closing();
  }
}

/** The text of a request's body. */
export const bodyOf = (request: IncomingMessage): Promise<string> =>
  request.setEncoding('utf8').reduce((text: string, chunk: string) => text + chunk, '');
