/** The one way out of main: every connection goes through an `HttpClient`. */
export interface HttpClient {
  /** Resolves for every HTTP status; throws `HttpError` when no complete response came. Follows no redirects. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as UTF-8. */
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Milliseconds until the whole response must have arrived. */
  readonly timeout?: number;
  /** Bytes of body after which the response is refused. */
  readonly maximumSize?: number;
}

export interface HttpResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/** Response headers: the part of the platform's `Headers` that is read here, without the cost of loading fetch. */
export interface HttpHeaders {
  /** Case-insensitive; several fields of one name are joined with `, ` (RFC 9110 §5.3). */
  get(name: string): string | null;
}

export type HttpFault =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'name-not-found'
  | 'unreachable'
  | 'tls-untrusted'
  | 'tls-failed'
  | 'proxy-authentication'
  | 'proxy-refused'
  | 'response-too-large'
  | 'response-malformed';

export interface HttpErrorOptions extends ErrorOptions {
  readonly sent?: boolean;
}

/** No complete response: says which host and why; an abort rejects with the signal's reason instead. */
export class HttpError extends Error {
  readonly code = 'http';
  readonly reason: HttpFault;
  /** Who did not answer: the server, or the proxy on the way to it. */
  readonly host: string;
  /** False only when the server certainly never saw the request or said that it did nothing with it, so that repeating it is harmless. */
  readonly sent: boolean;

  constructor(reason: HttpFault, host: string, options?: HttpErrorOptions) {
    super(`no response from ${host}: ${reason}`, options);
    this.name = 'HttpError';
    this.reason = reason;
    this.host = host;
    this.sent = options?.sent ?? true;
  }
}

/** A request that is not sent, as it would be read as something else than was meant; says which part of it, and not what was there. */
export class HttpRequestError extends TypeError {
  readonly code = 'http-request';
  readonly part: 'method' | 'url' | 'name' | 'value';

  constructor(part: HttpRequestError['part']) {
    super(`this ${part} is not for a request`);
    this.name = 'HttpRequestError';
    this.part = part;
  }
}
