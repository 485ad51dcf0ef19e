import type { Deadline } from './deadline.ts';
import { HttpError, type HttpFault, type HttpRequest, type HttpResponse } from './http-client.ts';
import { httpFaultOf } from './http-fault.ts';

/** A connection to one server, whose certificate was accepted. */
export interface Connection {
  /** Whether it carried a request before: only then may the server have closed it for idleness. */
  readonly isUsed: boolean;
  /** Sends the request and collects the whole response; rejects with what went wrong, or with the deadline's reason. */
  exchange(attempt: Attempt): Promise<HttpResponse>;
  /** Takes no new requests, and closes when those that run are done. */
  retire(): void;
  close(): void;
}

export interface AttemptOptions {
  readonly request: HttpRequest;
  readonly url: URL;
  /** Bytes of body. */
  readonly maximumSize: number;
  readonly deadline: Deadline;
}

/** One try of one request, with what is known about how far it came. */
export class Attempt {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly maximumSize: number;
  readonly deadline: Deadline;
  /** Whether any of the request can have reached the server. */
  sent = false;
  /** Whether any of the response came. */
  answered = false;
  /** The server said that it has not done anything with the request. */
  declined = false;
  /** The server wants it in another protocol; whether it did anything is not said (RFC 9113 §7). */
  misdirected = false;

  constructor({ request, url, maximumSize, deadline }: AttemptOptions) {
    this.request = request;
    this.url = url;
    this.maximumSize = maximumSize;
    this.deadline = deadline;
  }

  error(reason: HttpFault, cause?: unknown): HttpError {
    const sent = this.sent && !this.declined;
    return new HttpError(reason, this.url.host, { cause, sent });
  }

  errorOf(cause: unknown): HttpError {
    return this.error(httpFaultOf(cause, this.sent), cause);
  }
}
