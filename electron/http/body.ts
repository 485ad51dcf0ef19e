import type { Readable } from 'node:stream';
import type { Attempt } from './connection.ts';
import type { HttpError, HttpHeaders } from './http-client.ts';

/**
 * RFC 9110 §12.5.3: `identity` was the only coding that was offered. Whoever packs the body all the same is not understood.
 */
export function contentFault(
  status: number,
  headers: HttpHeaders,
): 'response-malformed' | undefined {
  const coding = headers.get('content-encoding');
  if (coding === null || coding.toLowerCase() === 'identity') return undefined;
  return status === 204 || status === 304 ? undefined : 'response-malformed';
}

/** The body of a response over HTTP/2 as it comes in: within its limit, as it is, and whole. */
export class Body {
  readonly #attempt: Attempt;
  readonly #announced: number | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(attempt: Attempt, headers: HttpHeaders) {
    this.#attempt = attempt;
    const length = headers.get('content-length');
    if (length !== null && attempt.request.method !== 'HEAD') this.#announced = Number(length);
  }

  /** Why a response with these headers is not read at all. */
  static refusal(attempt: Attempt, status: number, headers: HttpHeaders): HttpError | undefined {
    const length = Number(headers.get('content-length') ?? 0);
    if (length > attempt.maximumSize && attempt.request.method !== 'HEAD') {
      return attempt.error('response-too-large');
    }
    const fault = contentFault(status, headers);
    return fault && attempt.error(fault);
  }

  collect(incoming: Readable, fail: (error: HttpError) => void): void {
    incoming.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      if (this.#size > this.#attempt.maximumSize) fail(this.#attempt.error('response-too-large'));
      else this.#chunks.push(chunk);
    });
  }

  /** False when fewer or more bytes came than the headers say. */
  get isWhole(): boolean {
    return this.#announced === undefined || this.#announced === this.#size;
  }

  /** All of it. */
  read(): Uint8Array {
    return this.#chunks.length === 1 && this.#chunks[0]
      ? this.#chunks[0]
      : Buffer.concat(this.#chunks);
  }
}
