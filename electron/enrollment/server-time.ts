import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client.ts';

/** Passes requests on and compares this computer's clock with the `Date` of each answer (RFC 9110 §6.6.1). */
export class ServerTime implements HttpClient {
  readonly #http: HttpClient;
  readonly #now: () => Date;
  #skewSeconds: number | undefined;

  constructor(http: HttpClient, now: () => Date) {
    this.#http = http;
    this.#now = now;
  }

  /** How far this clock is ahead of the server's, in seconds; undefined when no answer had a date. */
  get skewSeconds(): number | undefined {
    return this.#skewSeconds;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const asked = this.#now().getTime();
    const response = await this.#http.request(request);
    const date = Date.parse(response.headers.get('date') ?? '');
    const midway = (asked + this.#now().getTime()) / 2;
    if (!Number.isNaN(date)) this.#skewSeconds = Math.round((midway - date) / 1000);
    return response;
  }

  close(): void {
    // The connections belong to whoever made the client that is passed on to.
  }
}
