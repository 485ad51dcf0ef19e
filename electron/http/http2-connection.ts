import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { Body } from './body.ts';
import type { Attempt, Connection } from './connection.ts';
import { TimeIsUp } from './deadline.ts';
import type { HttpError, HttpFault, HttpHeaders, HttpResponse } from './http-client.ts';

export interface Http2Options {
  readonly origin: string;
  /** Milliseconds after which it is closed when nobody uses it. */
  readonly idleTimeout: number;
  readonly onClose: (connection: Http2Connection) => void;
  /** The server chose HTTP/2 and wants HTTP/1.1 all the same. */
  readonly onHttp1Required: () => void;
}

/** Bytes of response headers, as many as Node takes of HTTP/1.1. */
const maximumHeaderSize = 16 * 1024;

// Larger ones are refused while they are being unpacked, which cannot be told from a refusal of the server's.
const localSettings = { enablePush: false, maxHeaderListSize: 4 * maximumHeaderSize };

/** Speaks HTTP/2 over a connection on which the server chose it. Loaded only then: Node's module for it takes its time. */
export async function openHttp2(
  socket: TLSSocket,
  options: Http2Options,
): Promise<Http2Connection> {
  const { connect } = await import('node:http2');
  const session = connect(options.origin, {
    createConnection: () => socket,
    settings: localSettings,
    maxHeaderListPairs: 512,
    maxReservedRemoteStreams: 0,
  });
  return new Http2Connection(session, options);
}

/** HTTP/2 over a connection that is open: all requests to an origin side by side (RFC 9113). */
export class Http2Connection implements Connection {
  readonly #session: ClientHttp2Session;
  readonly #idleTimeout: number;
  readonly #onHttp1Required: () => void;
  #requests = 0;
  #running = 0;
  #retired = false;
  /** RFC 9113 §6.8: streams above this were not processed and will not be. */
  #lastStream = Infinity;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(session: ClientHttp2Session, options: Http2Options) {
    const { idleTimeout, onClose, onHttp1Required } = options;
    this.#session = session;
    this.#idleTimeout = idleTimeout;
    this.#onHttp1Required = onHttp1Required;
    session.on('goaway', (_code, lastStream: number) => {
      this.#lastStream = Math.min(this.#lastStream, lastStream);
      this.retire();
    });
    // Each stream is told besides.
    session.on('error', () => this.close());
    session.on('close', () => {
      clearTimeout(this.#idleTimer);
      onClose(this);
    });
    this.#rest();
  }

  get isOpen(): boolean {
    const { closed, destroyed, socket } = this.#session;
    return !this.#retired && !closed && !destroyed && !socket.destroyed;
  }

  get isUsed(): boolean {
    return this.#requests > 0;
  }

  exchange(attempt: Attempt): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const { deadline } = attempt;
      if (deadline.reason) throw deadline.reason;
      const stream = this.#start(attempt);
      const end = (settle: () => void): void => {
        deadline.tell();
        settle();
      };
      const fail = (error: Error): void => {
        end(() => reject(error));
        stream.close(cancel);
      };
      deadline.tell((reason) => {
        // A network that swallows everything gives no other sign: whoever comes next gets another connection.
        if (reason instanceof TimeIsUp) this.retire();
        fail(reason);
      });
      const broken = (cause?: unknown): void => fail(this.#failure(attempt, stream, cause));
      stream.on('error', broken);
      stream.on('close', broken);
      stream.on('response', (incoming) => {
        const done = (response: HttpResponse): void => end(() => resolve(response));
        receive(stream, incoming, { attempt, done, fail, broken });
      });
      stream.end(attempt.request.body);
    });
  }

  retire(): void {
    this.#retired = true;
    this.#session.close();
  }

  close(): void {
    this.#session.destroy();
  }

  #start(attempt: Attempt): ClientHttp2Stream {
    clearTimeout(this.#idleTimer);
    const stream = this.#openStream(attempt);
    attempt.sent = true;
    this.#requests += 1;
    this.#running += 1;
    this.#session.ref();
    stream.on('close', () => {
      this.#running -= 1;
      if (this.#running === 0) this.#rest();
    });
    return stream;
  }

  #openStream(attempt: Attempt): ClientHttp2Stream {
    try {
      return this.#session.request(headersFor(attempt), { endStream: false });
    } catch (error) {
      // The news that the session is over may come between choosing it and using it.
      if (this.isOpen) throw error;
      throw attempt.error('reset', error);
    }
  }

  /** Lets the process end meanwhile, and the connection after a while. */
  #rest(): void {
    if (this.#session.destroyed) return;
    this.#session.unref();
    this.#idleTimer = setTimeout(() => this.retire(), this.#idleTimeout).unref();
  }

  #failure(attempt: Attempt, { id, rstCode }: ClientHttp2Stream, cause?: unknown): HttpError {
    // RFC 9113 §8.7: in these two cases the server promises that it did nothing.
    const above = id !== undefined && id > this.#lastStream;
    if (!attempt.answered && (above || rstCode === refusedStream)) attempt.declined = true;
    if (rstCode === http11Required) {
      attempt.misdirected = true;
      this.#onHttp1Required();
      this.retire();
    }
    return attempt.error(byStreamError[rstCode] ?? 'reset', cause);
  }
}

// RFC 9113 §7.
const refusedStream = 0x07;
const cancel = 0x08;
const http11Required = 0x0d;
const byStreamError: Readonly<Record<number, HttpFault>> = {
  0x01: 'response-malformed', // PROTOCOL_ERROR: one side's frames or headers made no sense
  0x03: 'response-malformed', // FLOW_CONTROL_ERROR
  0x06: 'response-malformed', // FRAME_SIZE_ERROR
  0x09: 'response-malformed', // COMPRESSION_ERROR
  0x0c: 'tls-failed', // INADEQUATE_SECURITY
};

interface Reception {
  readonly attempt: Attempt;
  readonly done: (response: HttpResponse) => void;
  readonly fail: (error: Error) => void;
  /** The stream ended before the response did. */
  readonly broken: () => void;
}

function receive(
  stream: ClientHttp2Stream,
  incoming: IncomingHttpHeaders & IncomingHttpStatusHeader,
  { attempt, done, fail, broken }: Reception,
): void {
  attempt.answered = true;
  const status = incoming[':status'] ?? 0;
  const headers = headersOf(incoming);
  const isTooLong = sizeOf(incoming) > maximumHeaderSize;
  const refusal = isTooLong
    ? attempt.error('response-too-large')
    : Body.refusal(attempt, status, headers);
  if (refusal) {
    fail(refusal);
    return;
  }
  const body = new Body(attempt, headers);
  body.collect(stream, fail);
  // Node ends a stream that was reset as if it were complete.
  stream.on('end', () => {
    if (stream.rstCode !== 0 || !body.isWhole) broken();
    else done({ url: attempt.request.url, status, headers, body: body.read() });
  });
}

function headersFor({ request, url }: Attempt): OutgoingHttpHeaders {
  const { method, body, headers = {} } = request;
  const named = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    ':method': method,
    ':path': url.pathname + url.search,
    'accept-encoding': 'identity',
    ...Object.fromEntries(named),
    // Some servers want to know beforehand, though HTTP/2 has no need of it (RFC 9110 §8.6).
    ...(method === 'POST' && { 'content-length': Buffer.byteLength(body ?? '') }),
  };
}

const headersOf = (incoming: IncomingHttpHeaders): HttpHeaders => ({
  get: (name) => {
    const value: unknown = name.startsWith(':') ? undefined : incoming[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : null;
  },
});

/** RFC 9113 §6.5.2: a field counts with its name, its value and 32 bytes. */
const sizeOf = (incoming: IncomingHttpHeaders): number =>
  Object.entries(incoming).reduce<number>(
    (size, [name, value]) => size + name.length + String(value).length + 32,
    0,
  );
