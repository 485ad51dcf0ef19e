import { request as askServer } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { TestAuthority } from './test-authority.ts';
import { TestServers } from './test-servers.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A request and its answer, as they pass. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  /** The header of what somebody signed; undefined for GET. */
  readonly protected: Json | undefined;
  /** What they signed, read without looking at the signature; undefined for GET and POST-as-GET. */
  readonly payload: Json | undefined;
  readonly status: number;
  /** The answer's, when it is JSON. */
  readonly body: Json | undefined;
  /** The answer's. */
  readonly octets: Buffer;
}

/** What is answered in place of that; undefined: what the server said. */
export type Trick = (passing: Passing) => Json | Buffer | undefined;

interface Target {
  readonly port: number;
  readonly rootPem: string;
}

/**
 * Whoever ends TLS before a CA, by a certificate that the wallet takes: reads everything, and answers otherwise when told to.
 * The CA has to be started with its `origin`, so that addresses are the same on both sides.
 */
export class WireTapper implements AsyncDisposable {
  readonly origin: string;
  /** PEM. */
  readonly rootPem: string;
  /** Oldest first. */
  readonly passed: Passing[] = [];
  trick: Trick = () => undefined;
  readonly #servers: TestServers;
  #target: Target | undefined;

  private constructor(parts: { origin: string; rootPem: string; servers: TestServers }) {
    this.origin = parts.origin;
    this.rootPem = parts.rootPem;
    this.#servers = parts.servers;
  }

  static async start(): Promise<WireTapper> {
    const root = await TestAuthority.root({ name: 'Company proxy' });
    const servers = new TestServers(await root.issueServer());
    const late: { tapper?: WireTapper } = {};
    const origin = await servers.serve((request, response) => {
      void late.tapper?.pass(request, response).catch(() => response.destroy());
    });
    late.tapper = new WireTapper({ origin, rootPem: root.certificate, servers });
    return late.tapper;
  }

  /** From now on requests go there. */
  standBefore(target: Target): void {
    this.#target = target;
  }

  /** What was sent to an address, in order. */
  sentTo(url: string): readonly Json[] {
    return this.passed.flatMap(({ path, payload }) =>
      `${this.origin}${path}` === url && payload !== undefined ? [payload] : [],
    );
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await octetsOf(request);
    const answer = await this.#forward(request, body);
    const passing: Passing = {
      ...{ method: request.method ?? '', path: request.url ?? '' },
      ...signedParts(body),
      status: answer.status,
      body: isJson(answer.headers) ? jsonIn(answer.octets) : undefined,
      octets: answer.octets,
    };
    this.passed.push(passing);
    const changed = this.trick(passing);
    const said = changed === undefined || Buffer.isBuffer(changed) ? changed : toOctets(changed);
    const octets = said ?? answer.octets;
    const own = { 'content-length': octets.length, connection: 'keep-alive' };
    response.writeHead(answer.status, { ...answer.headers, ...own });
    response.end(request.method === 'HEAD' ? undefined : octets);
  }

  #forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const target = this.#target;
    if (target === undefined) return Promise.reject(new Error('there is nobody behind it'));
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const forwarded = askServer(
      {
        ...{ host: 'localhost', port: target.port, ca: target.rootPem, path: url },
        ...{ method, headers: { ...headers, connection: 'close' } },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        octetsOf(answer)
          .then((octets) => resolve({ status, headers: answer.headers, octets }))
          .catch(reject);
      },
    );
    forwarded.on('error', reject);
    forwarded.end(body);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers.close();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly octets: Buffer;
}

async function octetsOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const toOctets = (json: Json): Buffer => Buffer.from(JSON.stringify(json));

const jsonIn = (octets: Buffer): Json => JSON.parse(octets.toString()) as Json;

const isJson = ({ 'content-type': type = '' }: IncomingHttpHeaders): boolean =>
  /^application\/(problem\+)?json\b/.test(type);

function signedParts(body: Buffer): Pick<Passing, 'protected' | 'payload'> {
  if (body.length === 0) return { protected: undefined, payload: undefined };
  const jws = jsonIn(body) as { readonly protected: string; readonly payload: string };
  const read = (part: string): Json => jsonIn(Buffer.from(part, 'base64url'));
  return {
    protected: read(jws.protected),
    payload: jws.payload === '' ? undefined : read(jws.payload),
  };
}
