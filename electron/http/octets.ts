import type { Piece } from './line-reader.ts';

/** Octets put together from the pieces that they come in; a single piece is not copied. */
export class Octets {
  readonly #expected: number;
  #held: Buffer = Buffer.alloc(0);
  #isOwn = false;
  #size = 0;

  /** `expected`: how many there will be, where that is known. */
  constructor(expected = 0) {
    this.#expected = expected;
  }

  get size(): number {
    return this.#size;
  }

  /** What has come; a view. */
  get all(): Buffer {
    return this.#held.subarray(0, this.#size);
  }

  /** Takes at most that many from the piece, and says how many. */
  take(piece: Piece, most: number): number {
    const count = Math.min(most, piece.octets.length - piece.at);
    if (count === 0) return 0;
    const view = piece.octets.subarray(piece.at, piece.at + count);
    piece.at += count;
    if (this.#size === 0) this.#held = view;
    else {
      this.#reserve(this.#size + count);
      view.copy(this.#held, this.#size);
    }
    this.#size += count;
    return count;
  }

  #reserve(size: number): void {
    if (this.#isOwn && this.#held.length >= size) return;
    // Twice as many each time: octets that come one by one are not copied as often as they come.
    const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#expected, 2 * this.#size));
    this.#held.copy(larger, 0, 0, this.#size);
    this.#held = larger;
    this.#isOwn = true;
  }
}
