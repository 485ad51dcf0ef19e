import type { ServerResponse } from 'node:http';
import type { Html } from './html.ts';

/** What a route answers; `send` adds the headers that every answer has. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

// `same-origin`, not `no-referrer`: the latter makes browsers send `Origin: null` with our own forms.
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";
const everyAnswer: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${policy}; form-action 'self'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

export function page(document: Html, status = 200): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Accept-Language' },
    body: document.markup,
  };
}

/** A page that may run the scripts in `/static/`, and send what they make to us, or to the named sources alone. */
export function pageWithScript(document: Html, sources: readonly string[] = []): Answer {
  const plain = page(document);
  const reach =
    sources.length === 0
      ? "form-action 'self'"
      : `form-action ${sources.join(' ')}; connect-src ${sources.join(' ')}`;
  const csp = `${policy}; ${reach}; script-src 'self'`;
  return { ...plain, headers: { ...plain.headers, 'Content-Security-Policy': csp } };
}

export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, headers: { Location: location, ...headers }, body: '' };
}

export function file(mediaType: string, body: string | Uint8Array, name?: string): Answer {
  const disposition =
    name === undefined ? {} : { 'Content-Disposition': `attachment; filename="${name}"` };
  return { status: 200, headers: { 'Content-Type': mediaType, ...disposition }, body };
}

export function send(response: ServerResponse, answer: Answer, withBody: boolean): void {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, {
    ...everyAnswer,
    ...answer.headers,
    'Content-Length': String(length),
  });
  response.end(withBody ? answer.body : undefined);
}
