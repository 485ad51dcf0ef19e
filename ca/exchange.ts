import type { IncomingMessage, ServerResponse } from 'node:http';
import { link, refusal } from './answer.ts';
import type { Answer, Headers } from './answer.ts';
import type { Authority } from './authority.ts';
import { Problem } from './problems.ts';
import type { Exchange } from './requests.ts';
import type { Match, Method } from './routes.ts';

/** A chain of 64 KB in `x5c`, in base64 three times over (docs/wire-profile.md §3), and the JWS around it. */
const MAXIMUM_BODY = 192 * 1024;

/** Runs the row of the route table that a request fell on; every failure becomes an answer. */
export async function runRoute(
  { route }: Match,
  exchange: Exchange,
  { method, authority, log }: { method: string; authority: Authority; log: (line: string) => void },
): Promise<Answer> {
  try {
    const handler = route.methods[method as Method];
    if (handler === undefined) throw notAllowed(Object.keys(route.methods));
    return await handler(exchange, authority);
  } catch (error) {
    if (error instanceof Problem) return refusal(error);
    log(
      `${exchange.resource} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return refusal(new Problem('serverInternal', 'The server met with an unexpected condition.'));
  }
}

/** RFC 8555 §6.3: a resource that must be authenticated does not answer to GET. */
function notAllowed(allowed: readonly string[]): Problem {
  return new Problem('malformed', 'The resource does not take requests of this method.', {
    status: 405,
    headers: { Allow: allowed.join(', ') },
  });
}

export function notFound(): Answer {
  return refusal(new Problem('malformed', 'There is nothing at this path.', { status: 404 }));
}

/** Adds what RFC 8555 wants on every answer: a nonce (§6.5), the way to the directory (§7.1), no caching; and the CA's time. */
export function complete(
  answer: Answer,
  { resource, method, authority }: { resource: string; method: string; authority: Authority },
): Answer {
  const own = answer.headers ?? {};
  const links = [own['Link'] ?? []].flat();
  const index = resource === 'directory' ? [] : [link(authority.urls.to('directory'), 'index')];
  const withNonce = method === 'POST' || resource === 'newNonce' || answer.status >= 400;
  const nonce = withNonce ? { 'Replay-Nonce': authority.nonces.issue() } : {};
  const Date = authority.clock().toUTCString();
  const headers = { 'Cache-Control': 'no-store', Date, ...own, ...nonce };
  const allLinks = [...links, ...index];
  return { ...answer, headers: allLinks.length === 0 ? headers : { ...headers, Link: allLinks } };
}

export function send(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer, answer.body?.length);
  response.end(answer.body);
}

export function writeHead(
  response: ServerResponse,
  answer: Answer,
  contentLength: number | undefined,
): void {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (answer.contentType !== undefined) response.setHeader('Content-Type', answer.contentType);
  if (contentLength !== undefined) response.setHeader('Content-Length', contentLength);
  response.writeHead(answer.status);
}

/** Reads a request's body. One that is too long is read to its end, within reason, so that the client hears why. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAXIMUM_BODY) chunks.push(chunk);
    if (length > MAXIMUM_BODY * 8) throw tooLong({ Connection: 'close' });
  }
  if (length > MAXIMUM_BODY) throw tooLong({});
  return Buffer.concat(chunks);
}

function tooLong(headers: Headers): Problem {
  const detail = `The body is longer than ${MAXIMUM_BODY} bytes.`;
  return new Problem('malformed', detail, { status: 413, headers });
}
