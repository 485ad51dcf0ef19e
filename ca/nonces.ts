import { randomBytes } from 'node:crypto';

/** Replay-Nonces (RFC 8555 §6.5): unpredictable, and good for one request. */
export type Nonces = {
  issue(): string;
  /** Uses the nonce up; false when it was never issued, was used, or is too old. */
  strike(nonce: string): boolean;
};

/** Keeps nonces in memory only: after a restart a client sees `badNonce` once. */
export function createNonces(capacity = 100_000): Nonces {
  // A Set remembers the order of insertion, so its first entry is the oldest.
  const unused = new Set<string>();
  return {
    issue() {
      const nonce = randomBytes(16).toString('base64url');
      unused.add(nonce);
      if (unused.size > capacity) {
        for (const oldest of unused) {
          unused.delete(oldest);
          break;
        }
      }
      return nonce;
    },
    strike: (nonce) => unused.delete(nonce),
  };
}
