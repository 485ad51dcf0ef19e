import { Http1Fields } from './http1-fields.ts';
import { LineReader, type Piece } from './line-reader.ts';
import { malformed } from './response-fault.ts';

/** Octets of a status line with its fields, as many as Node takes. */
const maximumSize = 16 * 1024;

const beginning = 'HTTP/1.';
// RFC 9112 §4; without the space before a reason that is missing, as some servers write it.
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** Reads what stands before the body of a response. Throws `ResponseFault`. */
export class Http1Head {
  readonly fields = new Http1Fields();
  readonly #lines = new LineReader('the head', maximumSize);
  minorVersion = 0;
  status = 0;

  /** Whether it is complete. */
  read(piece: Piece): boolean {
    for (;;) {
      const line = this.#lines.next(piece);
      if (line === undefined) {
        this.#checkBeginning(this.#lines.begun);
        return false;
      }
      if (line === '' && this.status > 0) return true;
      if (this.status > 0) this.fields.add(line);
      else this.#readStatusLine(line);
    }
  }

  #readStatusLine(line: string): void {
    const [, minorVersion, status] = statusLine.exec(line) ?? [];
    if (status === undefined) throw malformed('the status line');
    this.minorVersion = Number(minorVersion);
    this.status = Number(status);
  }

  /** Whoever speaks something else may never end a line. */
  #checkBeginning(begun: string): void {
    if (this.status > 0) return;
    if (!begun.startsWith(beginning.slice(0, begun.length))) throw malformed('the status line');
  }
}
