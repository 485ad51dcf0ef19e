import { request as openRequest, type Agent } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import {
  HttpError,
  type HttpFault,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from './http-client.ts';
import { httpFaultOf } from './http-fault.ts';

export interface TransferOptions {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly agent: Agent;
  /** Milliseconds until the whole response must have arrived. */
  readonly timeout: number;
  /** Bytes of body. */
  readonly maximumSize: number;
}

/** Sends one request and collects its whole response, or says why there is none. */
export function transfer(options: TransferOptions): Promise<HttpResponse> {
  const { request, url, agent, timeout } = options;
  const { signal } = request;
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const { method, headers = {} } = request;
    const outgoing = openRequest(url, { agent, method, headers });
    const delivery = new Delivery(outgoing);
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const fail = (error: Error) => {
      end();
      reject(error);
      outgoing.destroy();
    };
    const failWith = (reason: HttpFault, cause?: unknown) =>
      fail(new HttpError(reason, url.host, { cause, sent: delivery.sent }));
    const abort = () => fail(signal?.reason as Error);
    const timer = setTimeout(() => failWith('timeout'), timeout);
    signal?.addEventListener('abort', abort, { once: true });
    outgoing.on('error', (error) => failWith(httpFaultOf(error, delivery.sent), error));
    // Nobody asked for another protocol; without a listener Node would let the request hang.
    outgoing.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      failWith('response-malformed');
    });
    outgoing.on('response', (incoming) => {
      const body = new Body(options.maximumSize);
      body.collect(incoming, {
        complete: (octets) => {
          end();
          resolve(responseOf(request, incoming, octets));
        },
        tooLarge: () => failWith('response-too-large'),
        failed: (error) => failWith(httpFaultOf(error, true), error),
      });
    });
    outgoing.end(request.body);
  });
}

/** Whether any of a request can have left: nothing is written before the server's certificate was accepted. */
class Delivery {
  sent = false;

  constructor(outgoing: ClientRequest) {
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket || !(socket instanceof TLSSocket)) this.sent = true;
      else socket.once('secureConnect', () => (this.sent = true));
    });
  }
}

interface BodyOutcome {
  readonly complete: (octets: Uint8Array) => void;
  readonly tooLarge: () => void;
  readonly failed: (error: unknown) => void;
}

class Body {
  readonly #maximumSize: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(maximumSize: number) {
    this.#maximumSize = maximumSize;
  }

  collect(incoming: IncomingMessage, outcome: BodyOutcome): void {
    const announced = Number(incoming.headers['content-length'] ?? 0);
    if (announced > this.#maximumSize) {
      outcome.tooLarge();
      return;
    }
    incoming.on('error', outcome.failed);
    incoming.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      if (this.#size > this.#maximumSize) outcome.tooLarge();
      else this.#chunks.push(chunk);
    });
    incoming.on('end', () => outcome.complete(Buffer.concat(this.#chunks)));
  }
}

function responseOf(
  { url }: HttpRequest,
  incoming: IncomingMessage,
  body: Uint8Array,
): HttpResponse {
  return { url, status: incoming.statusCode ?? 0, headers: headersOf(incoming), body };
}

const headersOf = ({ headersDistinct }: IncomingMessage): HttpHeaders => ({
  get: (name) => headersDistinct[name.toLowerCase()]?.join(', ') ?? null,
});
