import type { Socket } from 'node:net';
import type { Attempt, Connection } from './connection.ts';
import { Http1ResponseReader, type Http1Response } from './http1-response.ts';
import { writtenRequest } from './http1-request.ts';
import type { HttpHeaders, HttpResponse } from './http-client.ts';
import { ResponseFault } from './response-fault.ts';

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
  readonly #socket: Socket;
  readonly #options: Http1Options;
  #exchange: Exchange | undefined;
  #isUsed = false;
  #idleSince = 0;
  #idleTimeout: number;
  #retired = false;

  constructor(socket: Socket, options: Http1Options) {
    this.#socket = socket;
    this.#options = options;
    this.#idleTimeout = options.idleTimeout;
    // Time without a sign of life; amid a request the request's own deadline counts.
    socket.setTimeout(this.#idleTimeout, () => {
      if (this.#exchange === undefined) socket.destroy();
    });
    socket.on('data', (octets: Buffer) => this.#receive(octets));
    socket.on('end', () => this.#end());
    socket.on('error', (error: Error) => this.#break(error));
    socket.on('close', () => {
      this.#break();
      options.onClose(this);
    });
    // Lets the process end while nobody uses it.
    socket.unref();
  }

  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether it was used a moment ago, and has not been closed since. */
  get isFresh(): boolean {
    return this.#isOpen && performance.now() - this.#idleSince <= trustedIdleness;
  }

  /**
   * Whether the server has left it open. When this process was busy for a while, the news that it is closed may be
   * waiting to be read; two turns of the event loop are sure to read it.
   */
  async isStillOpen(): Promise<boolean> {
    if (this.#isUsed) {
      await nextTurn();
      await nextTurn();
    }
    return this.#isOpen;
  }

  exchange(attempt: Attempt): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const { request, url, maximumSize, deadline } = attempt;
      if (deadline.reason) {
        this.#giveBack();
        throw deadline.reason;
      }
      if (!this.#isOpen) throw attempt.error('reset');
      const reader = new Http1ResponseReader({ method: request.method, maximumSize });
      this.#exchange = { attempt, reader, resolve, reject };
      this.#isUsed = true;
      attempt.sent = true;
      deadline.tell((reason) => this.#fail(reason));
      this.#socket.ref();
      this.#socket.write(writtenRequest(request, url), 'latin1');
    });
  }

  retire(): void {
    this.#retired = true;
    if (this.#exchange === undefined) this.close();
  }

  close(): void {
    this.#socket.destroy();
  }

  get #isOpen(): boolean {
    const { destroyed, readable, writable } = this.#socket;
    return !destroyed && readable && writable;
  }

  #receive(octets: Buffer): void {
    const { attempt, reader } = this.#exchange ?? {};
    if (attempt === undefined || reader === undefined) {
      // RFC 9112 §9.2: what comes without a request belongs to none, and must not be taken for the answer to the next.
      this.close();
      return;
    }
    attempt.answered = true;
    try {
      const response = reader.read(octets);
      if (response) this.#finish(response);
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      this.#fail(attempt.error(error.reason, error));
    }
  }

  /** The server has nothing more to say. Node does not tell a `close_notify` from the end of the stream below it. */
  #end(): void {
    const response = this.#exchange?.reader.end();
    if (response) this.#finish(response);
    else this.#break();
  }

  /** What goes wrong amid a request is told to the request; what goes wrong without one only ends the connection. */
  #break(cause?: Error): void {
    const attempt = this.#exchange?.attempt;
    if (attempt === undefined) this.close();
    else this.#fail(cause ? attempt.errorOf(cause) : attempt.error('reset'));
  }

  #fail(error: Error): void {
    this.#release()?.reject(error);
    this.close();
  }

  #finish({ status, headers, body, isLast }: Http1Response): void {
    const exchange = this.#release();
    // RFC 9112 §9.3: a server that answers before it has read the whole request reads the rest, or says that it closes;
    // one that did neither would take the rest of this request for the next.
    if (isLast || this.#retired || this.#socket.writableLength > 0) this.close();
    else this.#becomeIdle(headers);
    exchange?.resolve({ url: exchange.attempt.request.url, status, headers, body });
  }

  #release(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.attempt.deadline.tell();
    return exchange;
  }

  /** Nothing was sent, so it is as it was. */
  #giveBack(): void {
    if (this.#retired || !this.#isOpen) this.close();
    else this.#options.onIdle(this);
  }

  #becomeIdle(headers: HttpHeaders): void {
    const timeout = Math.min(this.#options.idleTimeout, patienceOf(headers));
    if (timeout <= 0) {
      this.close();
      return;
    }
    if (timeout !== this.#idleTimeout) this.#socket.setTimeout(timeout);
    this.#idleTimeout = timeout;
    this.#idleSince = performance.now();
    this.#socket.unref();
    this.#options.onIdle(this);
  }
}

interface Exchange {
  readonly attempt: Attempt;
  readonly reader: Http1ResponseReader;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const timeoutParameter = /(?:^|[\s,])timeout=(\d{1,6})(?:$|[\s,])/i;

/** Milliseconds that a server waits for the next request, as far as it says (RFC 2068 §19.7.1); a second less, for the way. */
function patienceOf(headers: HttpHeaders): number {
  const seconds = timeoutParameter.exec(headers.get('keep-alive') ?? '')?.[1];
  return seconds === undefined ? Infinity : Number(seconds) * 1_000 - 1_000;
}
