import type { TLSSocket } from 'node:tls';
import type { Connection } from './connection.ts';
import { untilAborted, type Deadline } from './deadline.ts';
import { HttpError } from './http-client.ts';
import { Http1Connection } from './http1-connection.ts';
import { openHttp2, type Http2Connection } from './http2-connection.ts';

export interface ConnectionsOptions {
  readonly origin: string;
  /** Opens one more, offering these protocols. */
  readonly open: (protocols: readonly string[], signal: AbortSignal) => Promise<TLSSocket>;
  readonly offerHttp2: boolean;
  /** Milliseconds after which one is closed when nobody uses it. */
  readonly idleTimeout: number;
}

const http1 = 'http/1.1';
const http2 = 'h2';

/** The connections to one origin: one that all requests share where the server speaks HTTP/2, otherwise as many as run at once. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Set<Connection>();
  #idle: Http1Connection[] = [];
  #shared: Http2Connection | undefined;
  #opening: Opening | undefined;
  #speaksHttp1Only: boolean;
  #isClosed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#speaksHttp1Only = !options.offerHttp2;
  }

  /** One on which a request can be sent now: none that is known to be closed. */
  async take(deadline: Deadline): Promise<Connection> {
    for (;;) {
      if (this.#isClosed) throw this.#closedError();
      if (this.#shared?.isOpen) return this.#shared;
      // The one that was used last: the others may close.
      const idle = this.#idle.pop();
      if (idle) {
        if (idle.isFresh || (await idle.isStillOpen())) return idle;
      } else if (this.#speaksHttp1Only) {
        return this.#keepHttp1(await this.#whileWanted([http1], deadline.signal));
      } else await this.#openFirst(deadline.signal);
    }
  }

  /** Nothing new: what is idle closes now, the others when they are done. */
  retire(): void {
    for (const connection of this.#open) connection.retire();
  }

  close(): void {
    this.#isClosed = true;
    this.#opening?.cancel();
    for (const connection of this.#open) connection.close();
  }

  /** The server says what it speaks; everybody who comes meanwhile waits for that. */
  async #openFirst(signal: AbortSignal): Promise<void> {
    if (this.#opening?.isOver !== false) {
      this.#opening = new Opening(async (abandoned) =>
        this.#settle(await this.#whileWanted([http2, http1], abandoned)),
      );
    }
    await this.#opening.wait(signal);
  }

  /** Nothing is sent any more over what opens after the end. */
  async #whileWanted(protocols: readonly string[], signal: AbortSignal): Promise<TLSSocket> {
    const socket = await this.#options.open(protocols, signal);
    if (!this.#isClosed) return socket;
    socket.destroy();
    throw this.#closedError();
  }

  #closedError(): HttpError {
    return new HttpError('reset', new URL(this.#options.origin).host, { sent: false });
  }

  async #settle(socket: TLSSocket): Promise<void> {
    if (socket.alpnProtocol !== http2) {
      this.#speaksHttp1Only = true;
      this.#idle.push(this.#keepHttp1(socket));
      return;
    }
    const { origin, idleTimeout } = this.#options;
    const onClose = (connection: Http2Connection): unknown => this.#open.delete(connection);
    const onHttp1Required = (): void => void (this.#speaksHttp1Only = true);
    this.#shared = await openHttp2(socket, { origin, idleTimeout, onClose, onHttp1Required });
    this.#open.add(this.#shared);
  }

  #keepHttp1(socket: TLSSocket): Http1Connection {
    const connection = new Http1Connection(socket, {
      idleTimeout: this.#options.idleTimeout,
      onIdle: () => this.#idle.push(connection),
      onClose: () => {
        this.#open.delete(connection);
        this.#idle = this.#idle.filter((other) => other !== connection);
      },
    });
    this.#open.add(connection);
    return connection;
  }
}

/** Work for all who wait for it, given up when nobody does any more. */
class Opening {
  readonly #controller = new AbortController();
  readonly #done: Promise<void>;
  #waiting = 0;
  /** Whether it is too late to wait for it. */
  isOver = false;

  constructor(work: (signal: AbortSignal) => Promise<void>) {
    this.#done = work(this.#controller.signal).finally(() => (this.isOver = true));
  }

  async wait(signal: AbortSignal): Promise<void> {
    this.#waiting += 1;
    try {
      await untilAborted(this.#done, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.cancel();
    }
  }

  cancel(): void {
    this.isOver = true;
    this.#controller.abort(new Error('nobody waits any more'));
  }
}
