import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type {
  DomainProof,
  ProofCleanup,
  ProofRequest,
  ProofSubject,
} from '../acme/domain-proof.ts';
import { DomainProofError } from './domain-proof-error.ts';
import { Answers, listen, type Close, type ListeningPlace } from './listening.ts';

const pathBefore = '/.well-known/acme-challenge/';
const soundToken = /^[A-Za-z0-9_-]{22,255}$/;

/** What `http-01` puts on a web server (RFC 8555 §8.3). */
export interface HttpResource {
  readonly token: string;
  readonly body: string;
}

export const http01Path = (token: string): string => `${pathBefore}${token}`;

/** Throws `DomainProofError` for a token that could lead anywhere but below the path. */
export function http01Resource({ challenge, keyAuthorization }: ProofRequest): HttpResource {
  const { token } = challenge;
  if (token !== undefined && soundToken.test(token) && keyAuthorization !== undefined) {
    return { token, body: keyAuthorization };
  }
  throw new DomainProofError('challenge-malformed', 'reading the token of a challenge');
}

/** RFC 8555 §8.3 has no wildcards; RFC 8738 §4 adds addresses. */
export const suitsHttp01 = ({ identifier, wildcard }: ProofSubject): boolean =>
  !wildcard &&
  (identifier.type === 'dns' || (identifier.type === 'ip' && isIP(identifier.value) !== 0));

/** Answers `http-01` itself, on a port that is open only while there is something to answer. */
export class Http01Responder implements DomainProof {
  readonly type = 'http-01';
  readonly #bodies: Answers<string>;

  /** RFC 8555 §8.3: the CA comes to port 80. */
  constructor(place: ListeningPlace) {
    this.#bodies = new Answers(() => this.#open(place));
  }

  suits(subject: ProofSubject): boolean {
    return suitsHttp01(subject);
  }

  async prepare(request: ProofRequest): Promise<ProofCleanup> {
    request.signal?.throwIfAborted();
    const { token, body } = http01Resource(request);
    return this.#bodies.put(http01Path(token), body, request.signal);
  }

  #open(place: ListeningPlace): Promise<Close> {
    const limits = { maxHeaderSize: 8_192, requestTimeout: 10_000, headersTimeout: 5_000 };
    const server = createServer(limits, (request, response) => this.#answer(request, response));
    return listen(server, place);
  }

  #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const body = this.#bodies.get(url);
    const known = body !== undefined && (method === 'GET' || method === 'HEAD');
    response.setHeader('Connection', 'close');
    if (known) response.setHeader('Content-Type', 'application/octet-stream');
    response.writeHead(known ? 200 : 404).end(known && method === 'GET' ? body : undefined);
  }
}
