import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isSame } from './handed-over.ts';
import { longestResponse } from './response.ts';

export interface DoorOptions {
  /** Of the CA's page, e.g. `https://ca.example:14000`: no other page may speak. */
  readonly origin: string;
  /** What only that page was told. */
  readonly state: string;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Text for the person, where the browser shows the answer's answer. */
  readonly farewell: () => string;
  /**
   * Whether the process at the other end is this person's. Others on this computer may have read in the command line of
   * the browser all that only the page was told: one of them would register a passkey of their own.
   */
  readonly isOwnPeer?: IsOwnPeer | undefined;
  /** For tests, which have less patience. Milliseconds. */
  readonly limits?: { readonly headers: number; readonly request: number } | undefined;
}

/** Of the two ends of a connection, by their ports of 127.0.0.1. */
type IsOwnPeer = (ends: {
  readonly peerPort: number;
  readonly ownPort: number;
}) => Promise<boolean>;

const patience = { headers: 5_000, request: 15_000 };
const mostConnections = 32;
// A credential, its frame, and percent-encoding of a form.
const longestBody = 3 * longestResponse;
const formType = 'application/x-www-form-urlencoded';

type Verdict = 'taken' | 'not-ours' | 'too-large';

/**
 * Where the CA's page in a browser hands an answer over: on this computer, at a path that nobody can guess, once
 * (docs/wire-profile.md §4.1). Whoever says something else is turned away, and the waiting goes on.
 */
export class LoopbackDoor {
  /** What the page is told as its `return`. */
  readonly address: string;
  readonly #options: DoorOptions;
  readonly #server: Server;
  readonly #connected = new Set<Socket>();
  readonly #answered: Promise<unknown>;
  readonly #host: string;
  readonly #path: string;
  #take: (answer: unknown) => void = () => undefined;
  #isTaken = false;

  private constructor(options: DoorOptions, server: Server, port: number) {
    this.#options = options;
    this.#server = server;
    this.#host = `127.0.0.1:${port}`;
    this.#path = `/${Buffer.from(options.randomBytes(16)).toString('base64url')}`;
    this.address = `http://${this.#host}${this.#path}`;
    this.#answered = new Promise((resolve) => {
      this.#take = resolve;
    });
    server.on('connection', (socket: Socket) => {
      this.#connected.add(socket);
      socket.once('close', () => this.#connected.delete(socket));
    });
    server.on('request', (request, response) => void this.#receive(request, response));
  }

  static async open(options: DoorOptions): Promise<LoopbackDoor> {
    const { headers, request } = options.limits ?? patience;
    const server = createServer({
      maxHeaderSize: 8_192,
      headersTimeout: headers,
      requestTimeout: request,
      // Half a minute by default: as long as somebody who says nothing would keep a place.
      connectionsCheckingInterval: Math.min(1_000, headers),
      keepAlive: false,
    });
    server.maxConnections = mostConnections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    const place = server.address();
    if (place === null || typeof place === 'string') throw new TypeError('no port was opened');
    return new LoopbackDoor(options, server, place.port);
  }

  /** What was handed over; rejects with the signal's reason. */
  async answer(signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const leave = new AbortController();
    const aborted = new Promise<never>((_resolve, reject) => {
      const give = () => reject(signal.reason as Error);
      signal.addEventListener('abort', give, { once: true, signal: leave.signal });
    });
    try {
      return await Promise.race([this.#answered, aborted]);
    } finally {
      leave.abort();
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // What was answered is let out; everybody else is not waited for.
    for (const socket of this.#connected) socket.destroySoon();
    const force = setTimeout(() => {
      for (const socket of this.#connected) socket.destroy();
    }, 500);
    await closed;
    clearTimeout(force);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Connection', 'close');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    // Before anything is known, nothing is told: neither that the path is right nor who may speak.
    const { isOwnPeer } = this.#options;
    const isForUs = this.#isForUs(request);
    if (!isForUs || (isOwnPeer !== undefined && !(await this.#isOwn(request, isOwnPeer)))) {
      turnAway(request, response, 404);
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', this.#options.origin);
    response.setHeader('Vary', 'Origin');
    if (request.method === 'OPTIONS') allow(request, response);
    else if (request.method === 'POST') await this.#hear(request, response);
    else turnAway(request, response, 405);
  }

  /** A name that leads to this computer is not this address (DNS rebinding), and another page is not the CA's. */
  #isForUs({ headers, url = '' }: IncomingMessage): boolean {
    return (
      headers.host === this.#host &&
      headers.origin === this.#options.origin &&
      isSame(url, this.#path)
    );
  }

  async #isOwn({ socket }: IncomingMessage, isOwnPeer: IsOwnPeer): Promise<boolean> {
    const { remoteAddress, remotePort, localPort } = socket;
    if (remoteAddress !== '127.0.0.1' || remotePort === undefined || localPort === undefined)
      return false;
    return isOwnPeer({ peerPort: remotePort, ownPort: localPort });
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json' && type !== formType) {
      turnAway(request, response, 415);
      return;
    }
    const isForm = type === formType;
    const body = await bodyOf(request);
    const verdict = body === null ? 'too-large' : this.#judge(isForm ? answerIn(body) : body);
    if (verdict !== 'taken') {
      turnAway(request, response, verdict === 'too-large' ? 413 : 403);
      return;
    }
    if (!isForm) {
      response.writeHead(204).end();
      return;
    }
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    response.writeHead(200, headers).end(this.#options.farewell());
  }

  #judge(text: string): Verdict {
    const answer = jsonOrNothing(text);
    const state = stateOf(answer);
    if (this.#isTaken || state === undefined || !isSame(state, this.#options.state)) {
      return 'not-ours';
    }
    this.#isTaken = true;
    this.#take(answer);
    return 'taken';
  }
}

/** Fetch §3.2.6; the last one is what Chromium asks before a public page may speak to this computer. */
function allow(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'POST');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.writeHead(204).end();
}

function turnAway(request: IncomingMessage, response: ServerResponse, status: number): void {
  // What it still wanted to say is not listened to.
  response.writeHead(status).end(() => request.destroy());
}

/** `null`: more than an answer can have. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    // Left open when it is too much: the refusal has to get out.
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(part)) continue;
      length += part.length;
      if (length > longestBody) return null;
      parts.push(part);
    }
  } catch {
    // Whoever went away in the middle has said nothing.
    return '';
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Of a page that may not fetch, and sends a form in place of itself. */
const answerIn = (form: string): string => new URLSearchParams(form).get('answer') ?? '';

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Then it is not what we wait for, whatever it is.
    return undefined;
  }
}

function stateOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('state' in answer)) return undefined;
  return typeof answer.state === 'string' ? answer.state : undefined;
}
