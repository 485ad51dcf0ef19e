import { CaseEnd, fail } from '../case.ts';
import { readJson, readProblem } from './objects.ts';
import type { Json } from './objects.ts';
import { TransportError } from './transport.ts';
import type { Reply, Request, Transport } from './transport.ts';

export type Directory = {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  /** RFC 8555 §7.4.1; not every server has it. */
  readonly newAuthz: string | undefined;
  readonly revokeCert: string | undefined;
  readonly meta: Json;
};

export type ServerOptions = {
  readonly transport: Transport;
  readonly directoryUrl: string;
  readonly now: () => number;
  /** After so many requests nothing more is sent. */
  readonly mostRequests: number;
};

/** An ACME server: its directory, its nonces, its clock, and how much it was asked. */
export class Server {
  readonly directoryUrl: string;
  readonly #options: ServerOptions;
  readonly #nonces: string[] = [];
  #directory: Directory | undefined;
  #found: Reply | undefined;
  /** Milliseconds by which its clock is ahead of ours. */
  #ahead = 0;
  requests = 0;

  constructor(options: ServerOptions) {
    this.directoryUrl = options.directoryUrl;
    this.#options = options;
  }

  /** Fetched once. Ends the case when it lacks what every ACME server has (RFC 8555 §7.1.1). */
  async directory(): Promise<Directory> {
    this.#directory ??= this.#readDirectory(await this.#fetchDirectory());
    return this.#directory;
  }

  /** Why the directory cannot be fetched, so that nothing can be tried; undefined when it can. */
  async whyUnreachable(): Promise<string | undefined> {
    try {
      const { status } = await this.#fetchDirectory();
      return status === 200 ? undefined : `GET ${this.directoryUrl}: answered with ${status}`;
    } catch (error) {
      if (error instanceof TransportError) return error.message;
      // Whatever else is wrong with the answer is for the cases to tell.
      if (error instanceof CaseEnd) return undefined;
      throw error;
    }
  }

  async #fetchDirectory(): Promise<Reply> {
    this.#found ??= await this.send({ method: 'GET', url: this.directoryUrl });
    return this.#found;
  }

  #readDirectory(reply: Reply): Directory {
    if (reply.status !== 200) fail(`the directory was answered with ${reply.status}`);
    const members = readJson(reply, 'the directory');
    const urlOf = (name: string): string => {
      const value = members[name];
      return typeof value === 'string' && value.startsWith('https://')
        ? value
        : fail(`the directory has no https URL "${name}"`);
    };
    const date = Date.parse(reply.headers.date ?? '');
    if (!Number.isNaN(date)) this.#ahead = aheadBy(date, this.#options.now());
    const { meta } = members as { meta?: unknown };
    return {
      newNonce: urlOf('newNonce'),
      newAccount: urlOf('newAccount'),
      newOrder: urlOf('newOrder'),
      newAuthz: 'newAuthz' in members ? urlOf('newAuthz') : undefined,
      revokeCert: 'revokeCert' in members ? urlOf('revokeCert') : undefined,
      meta: typeof meta === 'object' && meta !== null ? (meta as Json) : {},
    };
  }

  /** Milliseconds since 1970, by the server's clock as far as its directory told. */
  time(): number {
    return this.#options.now() + this.#ahead;
  }

  /** RFC 8555 §7.2: one that was given with an answer, or a new one. */
  async nonce(): Promise<string> {
    const known = this.#nonces.pop();
    if (known !== undefined) return known;
    const { newNonce } = await this.directory();
    await this.send({ method: 'HEAD', url: newNonce });
    return this.#nonces.pop() ?? fail('newNonce gave no Replay-Nonce (RFC 8555 §7.2)');
  }

  /** Sends a request, and holds the answer against what RFC 8555 says of every answer. */
  async send(request: Request): Promise<Reply> {
    if (this.requests >= this.#options.mostRequests) {
      const most = this.#options.mostRequests;
      throw new CaseEnd('skipped', `the limit of ${most} requests is reached (--requests)`);
    }
    this.requests += 1;
    const reply = await this.#options.transport.send(request);
    const nonce = reply.headers['replay-nonce'];
    if (typeof nonce === 'string') {
      if (!/^[A-Za-z0-9_-]+$/.test(nonce)) fail('a Replay-Nonce is no base64url (RFC 8555 §6.5.1)');
      this.#nonces.push(nonce);
    } else if (request.method === 'POST' && reply.status < 300) {
      fail('a POST was answered without a Replay-Nonce (RFC 8555 §6.5)');
    }
    if (request.method === 'POST') checkProblem(reply);
    return reply;
  }
}

/** A Date has whole seconds: less than two is no difference. */
function aheadBy(date: number, now: number): number {
  const ahead = date + 500 - now;
  return Math.abs(ahead) < 2000 ? 0 : ahead;
}

/** RFC 8555 §6.7: a refusal is a problem document, and says by which status. */
function checkProblem(reply: Reply): void {
  if (reply.status < 400 || reply.status > 499 || reply.body === '') return;
  const contentType = reply.headers['content-type'] ?? '';
  if (!/^application\/problem\+json\b/i.test(contentType)) {
    fail(`${reply.status} came as "${contentType}", not as a problem document (RFC 8555 §6.7)`);
  }
  const members = readJson(reply, 'a problem');
  readProblem(members);
  const { status } = members as { status?: unknown };
  if (status !== undefined && status !== reply.status) {
    fail(
      `a problem with the status ${JSON.stringify(status)} came as ${reply.status} (RFC 7807 §3.1)`,
    );
  }
}
