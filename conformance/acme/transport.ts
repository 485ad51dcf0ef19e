import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

export type Request = {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came. */
  readonly octets: Buffer;
};

/** The way to the server. Rejects with TransportError. */
export type Transport = {
  send(request: Request): Promise<Reply>;
  close(): void;
};

/** Why there is no answer. */
export class TransportError extends Error {
  readonly code = 'transport';
}

/** Octets of an answer, and milliseconds for it. */
const LONGEST_ANSWER = 1024 * 1024;
const LONGEST_WAIT = 20_000;

/** HTTPS that trusts the certificates of `roots` (PEM) and no others, or the system's when there are none. */
export function createTransport(roots: string | undefined): Transport {
  const trust = roots === undefined ? {} : { ca: roots };
  const agent = new Agent({ ...trust, keepAlive: true, maxSockets: 8 });
  return {
    send: (request) => send(request, agent),
    close: () => agent.destroy(),
  };
}

function send({ method, url, headers = {}, body }: Request, agent: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void =>
      reject(new TransportError(`${method} ${url}: ${reasonOf(cause)}`, { cause }));
    const options = { method, agent, headers, signal: AbortSignal.timeout(LONGEST_WAIT) };
    const outgoing = httpsRequest(url, options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST_ANSWER) response.destroy(new Error('the answer is too long'));
      });
      response.once('error', refuse);
      response.once('end', () => {
        const { statusCode = 0, headers: received } = response;
        const octets = Buffer.concat(chunks);
        resolve({ status: statusCode, headers: received, body: octets.toString(), octets });
      });
    });
    outgoing.once('error', refuse);
    outgoing.end(body);
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.name === 'AbortError' || cause.name === 'TimeoutError'
    ? `no answer within ${LONGEST_WAIT / 1000} seconds`
    : cause.message;
}
