import type { Server, Socket } from 'node:net';
import type { ProofCleanup } from '../acme/domain-proof.ts';
import { DomainProofError } from './domain-proof-error.ts';

/** Where a responder waits for the CA. */
export interface ListeningPlace {
  readonly port: number;
  /** Every address of this computer when not said. */
  readonly host?: string;
}

export type Close = () => Promise<void>;

/** What is answered with, by name, at a port that is open only while there is something to answer. */
export class Answers<Answer> {
  readonly #values = new Map<string, Answer>();
  readonly #open: () => Promise<Close>;
  #opened: Promise<Close> | undefined;

  /** `open` starts to listen and resolves to what ends it. */
  constructor(open: () => Promise<Close>) {
    this.#open = open;
  }

  get(name: string): Answer | undefined {
    return this.#values.get(name);
  }

  /** Resolves when it can be asked for; what it resolves to takes it away. */
  async put(name: string, answer: Answer, signal: AbortSignal | undefined): Promise<ProofCleanup> {
    this.#values.set(name, answer);
    const cleanup = async (): Promise<void> => {
      // Another challenge for the same name may have taken its place.
      if (this.#values.get(name) === answer) this.#values.delete(name);
      if (this.#values.size === 0) await this.#close();
    };
    try {
      await (this.#opened ??= this.#open());
      signal?.throwIfAborted();
    } catch (error) {
      await cleanup();
      throw error;
    }
    return cleanup;
  }

  async #close(): Promise<void> {
    const stop = await this.#opened?.catch(() => undefined);
    // Meanwhile somebody may have come who needs it.
    if (this.#values.size > 0) return;
    this.#opened = undefined;
    await stop?.();
  }
}

/** Resolves to what ends it, and with it every connection: a stranger who stays must not hold up anybody. */
export function listen(server: Server, place: ListeningPlace): Promise<Close> {
  const connected = new Set<Socket>();
  server.on('connection', (socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new DomainProofError('port', 'waiting for the CA', { cause })),
    );
    server.listen(place, () => resolve(() => close(server, connected)));
  });
}

const close = (server: Server, connected: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of connected) socket.destroy();
  });
