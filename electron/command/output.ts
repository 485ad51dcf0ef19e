import { displayablePayload } from '../ipc/displayable-payload.ts';
import { displayable } from '../../shared/models/text.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
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

  /** How it is getting on. */
  progress(event: object, sentence: string): void {
    this.#streams.error(`${this.#json ? jsonOf(event) : displayable(sentence)}\n`);
  }
}

/** Escapes what a terminal could take for itself also where a module said it. */
function jsonOf(data: object, indent?: number): string {
  return JSON.stringify(displayablePayload(data), null, indent);
}
