import type { Problem } from './problems.ts';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** What a resource says; the exchange adds the headers that every answer has. */
export type Answer = {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Buffer;
  readonly headers?: Headers;
};

export function json(status: number, body: object, headers: Headers = {}): Answer {
  return {
    status,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
    headers,
  };
}

export function bytes(contentType: string, body: Buffer, headers: Headers = {}): Answer {
  return { status: 200, contentType, body, headers };
}

export function empty(status: number, headers: Headers = {}): Answer {
  return { status, headers };
}

export function refusal(problem: Problem): Answer {
  return {
    status: problem.document.status,
    contentType: 'application/problem+json',
    body: Buffer.from(JSON.stringify(problem.document)),
    headers: { 'Content-Language': 'en', ...problem.headers },
  };
}

/** RFC 8288. */
export function link(url: string, relation: string): string {
  return `<${url}>;rel="${relation}"`;
}
