import type { SecretLines } from './secret-lines.ts';

/** The codes of one enrolment, one per line and one line per attempt, and what came of them. */
export class GivenCodes {
  readonly #lines: Pick<SecretLines, 'next'> | null;
  #given = 0;
  #refused = 0;

  /** `null`: nobody gives any. */
  constructor(lines: Pick<SecretLines, 'next'> | null) {
    this.#lines = lines;
  }

  /** The next, to be overwritten by whoever gets it; `null` when there is none. */
  async next(): Promise<Uint8Array | null> {
    const line = (await this.#lines?.next()) ?? null;
    if (line !== null) this.#given += 1;
    return line;
  }

  /** The CA did not take the last one. */
  refuse(): void {
    this.#refused += 1;
  }

  /** Why there is none now. */
  get missing(): string {
    const [given, refused] = [this.#given, this.#refused];
    if (given === 0) return 'a one-time code is needed, and none was given (--otp-fd)';
    if (refused < given) {
      return 'another one-time code is needed, and no more were given (--otp-fd)';
    }
    return given === 1
      ? 'the one code that was given was refused'
      : `all ${given} codes that were given were refused`;
  }
}
