import type { Socket } from 'node:net';

/** Takes so many octets from a socket as are asked for, and leaves the others in it. */
export class SocketReader {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
  }

  get isEmpty(): boolean {
    return this.#socket.readableLength === 0;
  }

  async read(size: number): Promise<Buffer> {
    for (;;) {
      const octets = this.#socket.read(size) as Buffer | null;
      if (octets?.length === size) return octets;
      if (octets !== null) throw new ConnectionEnded();
      await this.#more();
    }
  }

  #more(): Promise<void> {
    const socket = this.#socket;
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        socket.off('readable', ready).off('error', fail).off('close', closed);
        signal.removeEventListener('abort', abort);
        settle();
      };
      const ready = (): void => end(resolve);
      const fail = (error: Error): void => end(() => reject(error));
      const closed = (): void => fail(new ConnectionEnded());
      const abort = (): void => {
        fail(signal.reason as Error);
        socket.on('error', () => undefined).destroy();
      };
      socket.on('readable', ready).on('error', fail).on('close', closed);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      else if (socket.destroyed) closed();
    });
  }
}

/** With the code that Node gives to what is the same. */
class ConnectionEnded extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection ended early');
    this.name = 'ConnectionEnded';
  }
}
