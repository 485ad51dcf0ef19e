import type { IncomingMessage } from 'node:http';
import { Agent, request as openRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Body } from './body.ts';
import type { Attempt, Connection } from './connection.ts';
import type { HttpError, HttpHeaders, HttpResponse } from './http-client.ts';

export interface Http1Options {
  /** Milliseconds after which it is closed when nobody uses it. */
  readonly idleTimeout: number;
  /** It waits for a request. */
  readonly onIdle: (connection: Http1Connection) => void;
  readonly onClose: (connection: Http1Connection) => void;
}

// Servers wait for seconds before they close; what was used a moment ago needs no second look.
const trustedIdleness = 100;

/** HTTP/1.1 over a connection that is open: a request at a time (RFC 9112 §9.3). */
export class Http1Connection implements Connection {
  readonly #socket: TLSSocket;
  readonly #agent: SocketAgent;
  readonly #onIdle: Http1Options['onIdle'];
  #requests = 0;
  #idleSince = 0;
  #busy = false;
  #retired = false;

  constructor(socket: TLSSocket, { idleTimeout, onIdle, onClose }: Http1Options) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    this.#agent = new SocketAgent(socket, idleTimeout, () => this.#becomeIdle());
    // What goes wrong amid a request is told to the request; what goes wrong without one only ends the connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => onClose(this));
  }

  get isUsed(): boolean {
    return this.#requests > 0;
  }

  /**
   * Whether the server has left it open. When this process was busy for a while, the news that it is closed may be
   * waiting to be read; two turns of the event loop are sure to read it.
   */
  async isStillOpen(): Promise<boolean> {
    if (this.#requests > 0 && performance.now() - this.#idleSince > trustedIdleness) {
      await nextTurn();
      await nextTurn();
    }
    const { destroyed, readable, writable } = this.#socket;
    return !destroyed && readable && writable;
  }

  exchange(attempt: Attempt): Promise<HttpResponse> {
    this.#requests += 1;
    this.#busy = true;
    this.#socket.off('data', this.#refuseUnasked);
    return new Promise((resolve, reject) => {
      const { request, url, signal } = attempt;
      const outgoing = openRequest({
        agent: this.#agent,
        method: request.method,
        path: url.pathname + url.search,
        headers: { host: url.host, 'accept-encoding': 'identity', ...request.headers },
      });
      attempt.sent = true;
      const finish = (settle: () => void): void => {
        signal.removeEventListener('abort', abort);
        settle();
      };
      const fail = (error: Error): void => {
        finish(() => reject(error));
        outgoing.destroy();
      };
      const abort = (): void => fail(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      outgoing.on('error', (error) => fail(attempt.errorOf(error)));
      // Nobody asked for another protocol; without a listener Node would let the request hang.
      outgoing.on('upgrade', () => fail(attempt.error('response-malformed')));
      outgoing.on('response', (incoming) => {
        attempt.answered = true;
        receive(incoming, attempt, { fail, done: (response) => finish(() => resolve(response)) });
      });
      outgoing.end(request.body);
    });
  }

  retire(): void {
    this.#retired = true;
    if (!this.#busy) this.close();
  }

  close(): void {
    this.#socket.destroy();
  }

  #becomeIdle(): void {
    this.#busy = false;
    if (this.#retired) {
      this.close();
      return;
    }
    this.#idleSince = performance.now();
    this.#socket.on('data', this.#refuseUnasked);
    this.#onIdle(this);
  }

  // RFC 9112 §9.2: what comes without a request belongs to none, and must not be taken for the answer to the next.
  // Newer versions of Node see to this themselves; Electron's may be older.
  readonly #refuseUnasked = (): void => void this.#socket.destroy();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Outcome {
  readonly done: (response: HttpResponse) => void;
  readonly fail: (error: HttpError) => void;
}

function receive(incoming: IncomingMessage, attempt: Attempt, { done, fail }: Outcome): void {
  const status = incoming.statusCode ?? 0;
  const headers = headersOf(incoming);
  const refusal = Body.refusal(attempt, status, headers);
  if (refusal) {
    fail(refusal);
    return;
  }
  const body = new Body(attempt, headers);
  body.collect(incoming, fail);
  incoming.on('error', (error) => fail(attempt.errorOf(error)));
  incoming.on('end', () => done({ url: attempt.request.url, status, headers, body: body.read() }));
}

const headersOf = ({ headersDistinct }: IncomingMessage): HttpHeaders => ({
  get: (name) => headersDistinct[name.toLowerCase()]?.join(', ') ?? null,
});

/** Lets Node speak HTTP over the one socket that it is given. */
class SocketAgent extends Agent {
  readonly #socket: TLSSocket;
  readonly #becomeIdle: () => void;

  constructor(socket: TLSSocket, idleTimeout: number, becomeIdle: () => void) {
    super({ keepAlive: true, maxSockets: 1, timeout: idleTimeout });
    this.#socket = socket;
    this.#becomeIdle = becomeIdle;
    this.on('free', (freed: Duplex) => {
      if (!freed.destroyed) this.#becomeIdle();
    });
  }

  override createConnection(): TLSSocket {
    return this.#socket;
  }
}
