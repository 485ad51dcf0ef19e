import { contentFault } from './body.ts';
import {
  announcesBodyInVain,
  bodyOf,
  endsConnection,
  type BodyLimits,
  type Http1Body,
} from './http1-body.ts';
import { Http1Head } from './http1-head.ts';
import type { HttpHeaders } from './http-client.ts';
import type { Piece } from './line-reader.ts';
import { malformed, ResponseFault } from './response-fault.ts';

export interface Http1Response {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Buffer;
  /** Whether another request may follow on the connection. */
  readonly isLast: boolean;
}

// One 100, a 102 now and then, a 103: whoever sends more says nothing.
const mostInterim = 16;

/** Reads one response from the octets of a connection, in whatever pieces they come (RFC 9112). */
export class Http1ResponseReader {
  readonly #limits: BodyLimits;
  #head = new Http1Head();
  #body: Http1Body | undefined;
  #interim = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** The response, with the piece that completes it. Throws `ResponseFault`, after which nothing is to be read. */
  read(octets: Buffer): Http1Response | undefined {
    const piece: Piece = { octets, at: 0 };
    while (this.#body === undefined) {
      if (!this.#head.read(piece)) return undefined;
      if (this.#head.status >= 200) this.#body = this.#begin();
      else this.#skipInterim();
    }
    // RFC 9112 §9.2: what follows the response was not asked for; nor can what else comes here be believed.
    return this.#body.read(piece) ? this.#respond(piece.at < octets.length) : undefined;
  }

  /** The response, if it is one that ends with the connection. */
  end(): Http1Response | undefined {
    return this.#body?.endsWithConnection ? this.#respond(true) : undefined;
  }

  /** RFC 9110 §15.2: any number may precede the response. Nobody asked for another protocol. */
  #skipInterim(): void {
    this.#interim += 1;
    if (this.#head.status === 101 || this.#interim > mostInterim) throw malformed('the status');
    this.#head = new Http1Head();
  }

  #begin(): Http1Body {
    const { status, fields } = this.#head;
    const body = bodyOf(this.#head, this.#limits);
    const fault = contentFault(status, fields);
    if (fault) throw new ResponseFault(fault, 'the content coding');
    return body;
  }

  #respond(isFollowed: boolean): Http1Response {
    const { status, fields } = this.#head;
    const isUnsound = announcesBodyInVain(this.#head);
    const isLast = isFollowed || isUnsound || endsConnection(this.#head);
    return { status, headers: fields, body: this.#body?.octets ?? Buffer.alloc(0), isLast };
  }
}
