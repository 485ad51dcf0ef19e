/** How long to wait between tries; milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly factor: number;
  readonly maximum: number;
  /** Share of the delay by which it is shortened or lengthened at random. */
  readonly jitter: number;
}

/** How often a request that is safe to repeat is tried. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Milliseconds: a server that asks for a longer pause than this is not waited for, its problem is thrown. */
  readonly patience: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 3,
  backoff: { first: 250, factor: 4, maximum: 8_000, jitter: 0.2 },
  patience: 20_000,
};

/** Polls at once and then ever more slowly, for servers that do not say when to come back. */
export const defaultPollBackoff: Backoff = { first: 2, factor: 3, maximum: 15_000, jitter: 0.2 };

/** The delay before try number `round + 1`, counted from 0. */
export function backoffDelay(backoff: Backoff, round: number, random: () => number): number {
  const delay = Math.min(backoff.maximum, backoff.first * backoff.factor ** round);
  return delay * (1 + backoff.jitter * (2 * random() - 1));
}
