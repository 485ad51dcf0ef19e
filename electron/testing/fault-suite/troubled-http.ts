import type { HttpClient, HttpRequest, HttpResponse } from '../../http/http-client.ts';
import { RequestNames, type RequestName } from './requests.ts';

export interface Trouble {
  readonly request: RequestName;
  /** Before that request is sent for the first time; may change how. */
  readonly begin: (request: HttpRequest) => Promise<HttpRequest>;
}

/** Sends requests, and has trouble begin with one of them. */
export class TroubledHttp implements HttpClient {
  readonly sent: RequestName[] = [];
  readonly #http: HttpClient;
  readonly #names = new RequestNames();
  #trouble: Trouble | undefined;

  constructor(http: HttpClient, trouble: Trouble | undefined) {
    this.#http = http;
    this.#trouble = trouble;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const name = this.#names.nameOf(request.url);
    if (name !== undefined) this.sent.push(name);
    const trouble = this.#trouble;
    if (trouble === undefined || name !== trouble.request) return this.#http.request(request);
    this.#trouble = undefined;
    return this.#http.request(await trouble.begin(request));
  }

  get isUntroubled(): boolean {
    return this.#trouble === undefined;
  }

  close(): void {
    this.#http.close();
  }
}
