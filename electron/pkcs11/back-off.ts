export interface BackOffOptions {
  /** Milliseconds before the first time, and the second at least; then twice as many each time. */
  readonly first: number;
  readonly second: number;
  readonly most: number;
  /** Milliseconds without anything happening, after which it is the first time again. */
  readonly quiet: number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
}

/** How long to wait before doing something again, for what a module brings about as often as it likes. */
export class BackOff {
  readonly #options: BackOffOptions;
  #delay: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: BackOffOptions) {
    this.#options = options;
    this.#delay = options.first;
  }

  happened(): void {
    const { first, quiet, now } = this.#options;
    const time = now();
    if (time - this.#last > quiet) this.#delay = first;
    this.#last = time;
  }

  /** Milliseconds to wait this time. */
  next(): number {
    const { second, most } = this.#options;
    const delay = this.#delay;
    this.#delay = Math.min(Math.max(2 * delay, second), most);
    return delay;
  }
}
