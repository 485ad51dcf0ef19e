import { read } from 'node:fs';
import { promisify } from 'node:util';

const readOctets = promisify(read);
const newline = 0x0a;
const carriageReturn = 0x0d;

/** A line is longer than any PIN or code. */
export class LineTooLong extends Error {
  readonly code = 'line-too-long';
}

/**
 * Lines of secrets from a descriptor, as octets. Octet by octet, so that nothing that follows is read, and no buffer
 * but the one that is given away ever holds them.
 */
export class SecretLines {
  readonly #descriptor: number;
  readonly #most: number;

  /** `most`: octets of a line. */
  constructor(descriptor: number, most = 255) {
    this.#descriptor = descriptor;
    this.#most = most;
  }

  /** The next line without its end, to be overwritten by whoever gets it; `null` at the end. */
  async next(): Promise<Uint8Array | null> {
    // One more for the carriage return of files from elsewhere.
    const line = new Uint8Array(this.#most + 1);
    let length = 0;
    try {
      for (;;) {
        const octet = await this.#octet(line, length);
        if (octet === null && length === 0) return null;
        if (octet === null || octet === newline) break;
        length += 1;
        if (length === line.length && octet !== carriageReturn) throw new LineTooLong();
        if (length > line.length) throw new LineTooLong();
      }
      const end = line[length - 1] === carriageReturn ? length - 1 : length;
      return line.slice(0, end);
    } finally {
      line.fill(0);
    }
  }

  /** Reads into its place at once. */
  async #octet(line: Uint8Array, at: number): Promise<number | null> {
    if (at >= line.length) throw new LineTooLong();
    for (;;) {
      try {
        const { bytesRead } = await readOctets(this.#descriptor, line, at, 1, null);
        return bytesRead === 0 ? null : (line[at] ?? null);
      } catch (error) {
        // A terminal or pipe that does not block has nothing yet.
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}
