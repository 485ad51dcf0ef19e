import type { ReadStream } from 'node:tty';
import { unlessAborted } from './abort.ts';
import { LineTooLong, type SecretLines } from './secret-lines.ts';

type Terminal = Pick<ReadStream, 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

/** Octets of a line. */
const most = 255;

const key = {
  ...{ interrupt: 0x03, endOfInput: 0x04, backspace: 0x08, newline: 0x0a, enter: 0x0d },
  ...{ killLine: 0x15, escape: 0x1b, space: 0x20, remove: 0x7f },
} as const;

interface TypedLinesOptions {
  /** Looked at only when somebody is to type: Node opens it anew then. */
  readonly terminal: () => Terminal;
  /** Aborted: nobody types any more. */
  readonly signal: AbortSignal;
  /** Ctrl+C, which a terminal that shows nothing tells to nobody else. */
  readonly interrupt: () => void;
}

/** Lines of secrets that somebody types at a terminal, which does not show them. */
export class TypedLines implements Pick<SecretLines, 'next'> {
  readonly #options: TypedLinesOptions;

  constructor(options: TypedLinesOptions) {
    this.#options = options;
  }

  /** As octets without the end of the line, to be overwritten by whoever gets them; `null`: Ctrl+D, or the terminal is gone. */
  async next(): Promise<Uint8Array | null> {
    const { signal, interrupt } = this.#options;
    const terminal = this.#options.terminal();
    const line = new Line();
    const typed = Promise.withResolvers<Uint8Array | null>();
    const take = (octets: Buffer): void => {
      try {
        const end = line.take(octets);
        if (end === 'interrupt') interrupt();
        else if (end !== undefined) typed.resolve(end === 'line' ? line.copy() : null);
      } catch (error) {
        typed.reject(error);
      } finally {
        octets.fill(0);
      }
    };
    const gone = (): void => typed.resolve(null);
    terminal.setRawMode(true);
    terminal.on('data', take).on('end', gone).resume();
    try {
      return await unlessAborted(typed.promise, signal);
    } finally {
      terminal.off('data', take).off('end', gone).pause();
      terminal.setRawMode(false);
      line.wipe();
    }
  }
}

class Line {
  readonly #octets = new Uint8Array(most);
  #length = 0;

  /** How it ended, if it did; what follows is dropped. Throws `LineTooLong`. */
  take(typed: Uint8Array): 'line' | 'nothing' | 'interrupt' | undefined {
    for (const octet of typed) {
      if (octet === key.enter || octet === key.newline) return 'line';
      if (octet === key.endOfInput) return this.#length > 0 ? 'line' : 'nothing';
      if (octet === key.interrupt) return 'interrupt';
      // Arrows and their like come in one piece, and are part of no PIN.
      if (octet === key.escape) return undefined;
      this.#edit(octet);
    }
    return undefined;
  }

  copy(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  wipe(): void {
    this.#octets.fill(0);
  }

  #edit(octet: number): void {
    if (octet === key.remove || octet === key.backspace) this.#removeLast();
    else if (octet === key.killLine) this.#length = 0;
    else if (octet >= key.space) this.#add(octet);
  }

  #add(octet: number): void {
    if (this.#length === most) throw new LineTooLong();
    this.#octets[this.#length] = octet;
    this.#length += 1;
  }

  /** A character of UTF-8 whole (RFC 3629 §3: what goes on begins with 10). */
  #removeLast(): void {
    let goesOn = true;
    while (goesOn && this.#length > 0) {
      this.#length -= 1;
      goesOn = ((this.#octets[this.#length] ?? 0) & 0xc0) === 0x80;
    }
  }
}
