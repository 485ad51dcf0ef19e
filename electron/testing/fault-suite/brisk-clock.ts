import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../acme/clock.ts';

const longestSleep = 4;

/** A clock by which nobody waits for long: what is slept moves its time, while the CA gets a few real milliseconds. */
export class BriskClock implements Clock {
  #ahead: number;

  /** `ahead`: milliseconds by which it is wrong. */
  constructor(ahead = 0) {
    this.#ahead = ahead;
  }

  readonly now = (): Date => new Date(Date.now() + this.#ahead);

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const real = Math.min(milliseconds, longestSleep);
    this.#ahead += milliseconds - real;
    await delay(real);
    signal?.throwIfAborted();
  }
}
