import { Http1Fields, tokensOf } from './http1-fields.ts';
import type { Http1Head } from './http1-head.ts';
import { LineReader, type Piece } from './line-reader.ts';
import { Octets } from './octets.ts';
import { malformed, tooLarge } from './response-fault.ts';

/** Reads the body of a response, however its end is told. Throws `ResponseFault`. */
export interface Http1Body {
  /** Whether it is complete. */
  read(piece: Piece): boolean;
  readonly octets: Buffer;
  /** Nothing but the end of the connection ends it. */
  readonly endsWithConnection: boolean;
}

export interface BodyLimits {
  readonly method: string;
  /** Octets. */
  readonly maximumSize: number;
}

/** RFC 9112 §6.3, without the cases in which a reader may guess. */
export function bodyOf(head: Http1Head, { method, maximumSize }: BodyLimits): Http1Body {
  const { status, fields } = head;
  if (method === 'HEAD' || status === 204 || status === 304) return new CountedBody(0);
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (coding !== null) {
    // §6.1: "MUST treat the message as if the framing is faulty" of HTTP/1.0; with a length it may be an attack (§11.2).
    const isSound = head.minorVersion === 1 && length === null;
    if (!isSound || coding.toLowerCase() !== 'chunked') throw malformed('the transfer coding');
    return new ChunkedBody(maximumSize);
  }
  if (length !== null) return new CountedBody(lengthOf(length, maximumSize));
  // §9.6: a server that ends the connection says so beforehand.
  if (!endsConnection(head)) throw malformed('a body without an end');
  return new ClosedBody(maximumSize);
}

/** RFC 9112 §9.3; versions before 1.1 are never asked to stay. */
export const endsConnection = ({ minorVersion, fields }: Http1Head): boolean =>
  minorVersion === 0 || tokensOf(fields.get('connection')).includes('close');

/**
 * Whether a response without a body announces one all the same (RFC 9110 §8.6, RFC 9112 §6.1): octets that come later
 * would be taken for the next response. HEAD and 304 may tell the length that another answer would have.
 */
export function announcesBodyInVain({ status, fields }: Http1Head): boolean {
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length') ?? '0';
  if (status === 304) return coding !== null;
  return status === 204 && (coding !== null || length !== '0');
}

/** Several lengths come joined by a comma, which is no digit. */
function lengthOf(text: string, maximumSize: number): number {
  if (!/^\d+$/.test(text)) throw malformed('the length');
  const length = Number(text);
  if (length > maximumSize) throw tooLarge('the body');
  return length;
}

class CountedBody implements Http1Body {
  readonly endsWithConnection = false;
  readonly #octets: Octets;
  #left: number;

  constructor(length: number) {
    this.#octets = new Octets(length);
    this.#left = length;
  }

  get octets(): Buffer {
    return this.#octets.all;
  }

  read(piece: Piece): boolean {
    this.#left -= this.#octets.take(piece, this.#left);
    return this.#left === 0;
  }
}

class ClosedBody implements Http1Body {
  readonly endsWithConnection = true;
  readonly #octets = new Octets();
  readonly #maximumSize: number;

  constructor(maximumSize: number) {
    this.#maximumSize = maximumSize;
  }

  get octets(): Buffer {
    return this.#octets.all;
  }

  read(piece: Piece): boolean {
    this.#octets.take(piece, Infinity);
    if (this.#octets.size > this.#maximumSize) throw tooLarge('the body');
    return false;
  }
}

// RFC 9112 §7.1; extensions are not understood by anybody (§7.1.1).
const chunkLine = /^([0-9A-Fa-f]{1,16})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const mostTrailing = 16 * 1024;
const mostExtending = 16 * 1024;

class ChunkedBody implements Http1Body {
  readonly endsWithConnection = false;
  readonly #octets = new Octets();
  readonly #maximumSize: number;
  readonly #trailers = new Http1Fields();
  readonly #trailing = new LineReader('the trailers', mostTrailing);
  #expects: 'size' | 'data' | 'end of data' | 'trailers' = 'size';
  #line = newChunkLine();
  /** Octets of the chunk that have not come. */
  #left = 0;
  #extended = 0;

  constructor(maximumSize: number) {
    this.#maximumSize = maximumSize;
  }

  get octets(): Buffer {
    return this.#octets.all;
  }

  read(piece: Piece): boolean {
    for (;;) {
      if (this.#expects === 'trailers') return this.#endTrailers(piece);
      if (this.#expects === 'data') {
        this.#left -= this.#octets.take(piece, this.#left);
        if (this.#left > 0) return false;
        this.#expects = 'end of data';
      }
      const line = this.#line.next(piece);
      if (line === undefined) return false;
      this.#line = newChunkLine();
      if (this.#expects === 'size') this.#begin(line);
      else if (line === '') this.#expects = 'size';
      else throw malformed('a chunk');
    }
  }

  #begin(line: string): void {
    const [, size] = chunkLine.exec(line) ?? [];
    if (size === undefined) throw malformed('the size of a chunk');
    this.#left = Number.parseInt(size, 16);
    this.#extended += line.length - size.length;
    const isLarge = this.#octets.size + this.#left > this.#maximumSize;
    if (isLarge || this.#extended > mostExtending) throw tooLarge('the chunks');
    this.#expects = this.#left === 0 ? 'trailers' : 'data';
  }

  /** RFC 9112 §7.1.2: nobody needs them here; but what is no field is no trailer. */
  #endTrailers(piece: Piece): boolean {
    for (;;) {
      const line = this.#trailing.next(piece);
      if (line === undefined) return false;
      if (line === '') return true;
      this.#trailers.add(line);
    }
  }
}

const newChunkLine = (): LineReader => new LineReader('a chunk', mostExtending);
