import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client.ts';

export interface SentRequest extends HttpRequest {
  readonly response: HttpResponse;
}

/** A JWS as it was sent; nothing of it was checked. */
export interface SentJws {
  readonly request: SentRequest;
  /** The body as JSON, with whatever members it has. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  /** As text; empty for POST-as-GET. */
  readonly payload: string;
}

/** Writes down what a client sends over a real connection, and what it is answered. */
export class RecordedHttp implements HttpClient {
  readonly requests: SentRequest[] = [];
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#http.request(request);
    this.requests.push({ ...request, response });
    return response;
  }

  close(): void {
    this.#http.close();
  }

  get posts(): readonly SentJws[] {
    return this.requests
      .filter(({ method }) => method === 'POST')
      .map((request) => ({ request, ...readJws(String(request.body ?? '')) }));
  }

  postsTo(url: string): readonly SentJws[] {
    return this.posts.filter(({ request }) => request.url === url);
  }
}

export function readJws(text: string): Omit<SentJws, 'request'> {
  const body = JSON.parse(text) as SentJws['body'];
  const header = JSON.parse(decoded(body['protected'])) as SentJws['header'];
  return { body, header, payload: decoded(body['payload']) };
}

const decoded = (part: unknown): string => Buffer.from(String(part), 'base64url').toString();
