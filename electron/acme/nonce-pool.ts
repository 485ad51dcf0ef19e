const wellFormed = /^[A-Za-z0-9_-]{1,1024}$/;

/** Nonces that the server gave and nobody has used yet (RFC 8555 §6.5); the newest goes first, as old ones expire. */
export class NoncePool {
  readonly #nonces: string[] = [];
  readonly #capacity: number;

  constructor(capacity = 32) {
    this.#capacity = capacity;
  }

  /** RFC 8555 §6.5.1: "Clients MUST ignore invalid Replay-Nonce values." */
  put(replayNonce: string | null): void {
    if (replayNonce === null || !wellFormed.test(replayNonce)) return;
    this.#nonces.push(replayNonce);
    if (this.#nonces.length > this.#capacity) this.#nonces.shift();
  }

  take(): string | undefined {
    return this.#nonces.pop();
  }
}

/** The nonce of a single answer, when it is well formed. */
export const replayNonce = (header: string | null): string | undefined =>
  header !== null && wellFormed.test(header) ? header : undefined;
