import { displayable } from '../../shared/models/text.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Aborted as soon as it is known that nobody reads what goes to `out`. */
  readonly unread: AbortSignal;
}

/**
 * What the command says: results on standard output, everything else on standard error. Names and labels are foreign
 * text: no character of theirs steers the terminal.
 */
export class Output {
  readonly #streams: Streams;
  readonly #json: boolean;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.#json = json;
  }

  get isJson(): boolean {
    return this.#json;
  }

  get unread(): AbortSignal {
    return this.#streams.unread;
  }

  /** The result as JSON, or as the lines that a person reads. */
  result(data: object, lines: readonly string[]): void {
    if (this.#json) this.#streams.out(`${jsonOf(data, 2)}\n`);
    else this.#streams.out(lines.map((line) => `${displayable(line)}\n`).join(''));
  }

  /** One of several results: a line of JSON each. */
  item(data: object, lines: readonly string[]): void {
    if (this.#json) this.#streams.out(`${jsonOf(data)}\n`);
    else this.result(data, lines);
  }

  /** How it is getting on, in one line or several. */
  progress(event: object, sentence: string | readonly string[]): void {
    const lines = typeof sentence === 'string' ? [sentence] : sentence;
    const said = this.#json ? [jsonOf(event)] : lines.map(displayable);
    this.#streams.error(said.map((line) => `${line}\n`).join(''));
  }
}

// Controls, formats (marks and overrides of direction among them), separators of lines. Newlines are our own indent.
const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The data as it is, with what a terminal could take for itself spelt in escapes (RFC 8259 §7). */
function jsonOf(data: object, indent?: number): string {
  return JSON.stringify(data, null, indent).replaceAll(steering, (character) =>
    // By UTF-16 units, of which a character may have two.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
