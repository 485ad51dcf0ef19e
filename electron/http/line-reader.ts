import { malformed, tooLarge } from './response-fault.ts';

/** Octets that came together, and how far they have been read. */
export interface Piece {
  readonly octets: Buffer;
  at: number;
}

const carriageReturn = '\r';
const lineFeed = 0x0a;

/** Lines of a message, whose octets come in pieces. Throws `ResponseFault`. */
export class LineReader {
  readonly #what: string;
  #left: number;
  #begun = '';

  /** `most`: octets that all lines may have together. */
  constructor(what: string, most: number) {
    this.#what = what;
    this.#left = most;
  }

  /** What there is of a line that has not ended. */
  get begun(): string {
    return this.#begun;
  }

  /** The next line without its end; undefined when the piece ends first. */
  next(piece: Piece): string | undefined {
    const { octets, at } = piece;
    const end = octets.indexOf(lineFeed, at);
    const stop = end === -1 ? octets.length : end;
    this.#left -= stop - at;
    if (this.#left < 0) throw tooLarge(this.#what);
    const text = this.#begun + octets.toString('latin1', at, stop);
    if (end === -1) {
      piece.at = stop;
      this.#begun = text;
      return undefined;
    }
    // RFC 9112 §2.2: a line ends in CRLF. A reader may be content with LF; one that is not cannot be told another message than its peers.
    if (!text.endsWith(carriageReturn)) throw malformed(this.#what);
    piece.at = end + 1;
    this.#begun = '';
    return text.slice(0, -1);
  }
}
