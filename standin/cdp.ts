// The Chrome DevTools Protocol over a pair of pipes: JSON messages, each ended by a NUL.
import type { Readable, Writable } from 'node:stream';
import type { Protocol } from '../node_modules/playwright-core/types/protocol.d.ts';

export type { Protocol };

type Method = keyof Protocol.CommandParameters & keyof Protocol.CommandReturnValues;
type EventName = keyof Protocol.EventMap;
type Listener = (payload: never) => void;

type Incoming = {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly code: number };
};

/** Chromium refused a command, or the target went away before it answered. */
export class CdpError extends Error {
  readonly code: 'refused' | 'closed';

  constructor(code: 'refused' | 'closed', method: string, reason: string) {
    super(`${method}: ${reason}`);
    this.name = 'CdpError';
    this.code = code;
  }
}

/** One conversation: with the browser itself, or with one attached target. */
export class CdpSession {
  readonly id: string | undefined;
  readonly #connection: CdpConnection;
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(connection: CdpConnection, id: string | undefined) {
    this.#connection = connection;
    this.id = id;
  }

  send<M extends Method>(
    method: M,
    params?: Protocol.CommandParameters[M],
  ): Promise<Protocol.CommandReturnValues[M]> {
    return this.#connection.command(this.id, method, params) as Promise<
      Protocol.CommandReturnValues[M]
    >;
  }

  /** Sends a command whose failure means no more than that its target is gone. */
  tell<M extends Method>(method: M, params?: Protocol.CommandParameters[M]): void {
    this.send(method, params).catch((error: unknown) => {
      this.#connection.report(error);
    });
  }

  on<E extends EventName>(event: E, listener: (payload: Protocol.EventMap[E][0]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  /** Hands an event to the listeners; for the connection only. */
  dispatch(event: string, payload: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }
}

type Pending = {
  readonly method: string;
  readonly sessionId: string | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CdpError) => void;
};

export class CdpConnection {
  readonly root = new CdpSession(this, undefined);
  readonly #output: Writable;
  readonly #log: (line: string) => void;
  readonly #sessions = new Map<string, CdpSession>();
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #closed = false;
  #rest: Buffer[] = [];

  constructor(pipes: { input: Readable; output: Writable }, log: (line: string) => void) {
    this.#output = pipes.output;
    this.#log = log;
    pipes.input.on('data', (chunk: Buffer) => this.#read(chunk));
    pipes.input.on('close', () => this.close());
    // A write after Chromium's end also closes the input, where it is dealt with.
    pipes.output.on('error', (error: Error) => this.#log(`pipe: ${error.message}`));
  }

  /** The conversation with an attached target. */
  session(id: string): CdpSession {
    const known = this.#sessions.get(id);
    if (known) return known;
    const session = new CdpSession(this, id);
    this.#sessions.set(id, session);
    return session;
  }

  command(sessionId: string | undefined, method: string, params: unknown): Promise<unknown> {
    if (this.#closed || (sessionId !== undefined && !this.#sessions.has(sessionId))) {
      return Promise.reject(new CdpError('closed', method, 'the target is gone'));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, sessionId, resolve, reject });
    });
  }

  report(error: unknown): void {
    this.#log(error instanceof Error ? error.message : String(error));
  }

  close(): void {
    this.#closed = true;
    this.#rejectWhere(() => true);
  }

  #read(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(0);
    while (end >= 0) {
      const text = Buffer.concat([...this.#rest, chunk.subarray(start, end)]).toString('utf8');
      this.#rest = [];
      this.#receive(JSON.parse(text) as Incoming);
      start = end + 1;
      end = chunk.indexOf(0, start);
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
  }

  #receive(message: Incoming): void {
    if (message.id !== undefined) {
      this.#settle(message.id, message);
      return;
    }
    if (message.method === undefined) return;
    const session =
      message.sessionId === undefined ? this.root : this.#sessions.get(message.sessionId);
    session?.dispatch(message.method, message.params);
    if (message.method === 'Target.detachedFromTarget') {
      this.#forget((message.params as Protocol.Target.detachedFromTargetPayload).sessionId);
    }
  }

  #settle(id: number, message: Incoming): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (message.error) {
      pending?.reject(new CdpError('refused', pending.method, message.error.message));
    } else {
      pending?.resolve(message.result);
    }
  }

  #forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#rejectWhere((pending) => pending.sessionId === sessionId);
  }

  #rejectWhere(matches: (pending: Pending) => boolean): void {
    for (const [id, pending] of this.#pending) {
      if (!matches(pending)) continue;
      this.#pending.delete(id);
      pending.reject(new CdpError('closed', pending.method, 'the target is gone'));
    }
  }
}
