const least = 8;
const most = 500;
const growth = 2;
const decay = 0.99;

/**
 * When it is worth asking for the first time, learnt from a server's answers; milliseconds. A server that is asked too early
 * says `Retry-After: 1`, as it cannot say less, and the whole second is waited for what it may do in ten milliseconds.
 */
export class Anticipation {
  #pause = 0;

  /** Before the first question. Nothing, with a server that has never sent anybody away. */
  get pause(): number {
    return this.#pause < least / 2 ? 0 : this.#pause;
  }

  /** The first question, after that pause, was sent away for a time. Several that run at once learn the same. */
  tooEarly(paused: number): void {
    this.#pause = Math.max(this.#pause, Math.min(most, Math.max(least, growth * paused)));
  }

  /** The first question had its answer: perhaps it could have come sooner. */
  inTime(): void {
    this.#pause *= decay;
  }
}
