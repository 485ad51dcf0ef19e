import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestAuthority } from './test-authority.ts';
import { TestServers } from './test-servers.ts';

const timeStamping = '1.3.6.1.5.5.7.3.8';

export interface TimestampServerOptions {
  /** Who vouches for it; a root of its own when not said. */
  readonly authority?: TestAuthority;
  /** What is said in place of the answer, DER. */
  readonly instead?: (query: Buffer, reply: Buffer) => Buffer;
}

/**
 * A timestamp server (RFC 3161) that is OpenSSL's: `await using stamps = await TimestampServer.start()`. It takes queries with
 * SHA-256, SHA-384 and SHA-512, by HTTP.
 */
export class TimestampServer implements AsyncDisposable {
  readonly url: string;
  /** PEM, of the root that vouches for it. */
  readonly root: string;
  /** PEM, its own. */
  readonly certificate: string;
  /** DER TimeStampReq, as they came. */
  readonly queries: Buffer[] = [];
  readonly #directory: string;
  readonly #servers: TestServers;
  readonly #instead: TimestampServerOptions['instead'];
  /** OpenSSL keeps its serial number in a file: one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(made: Made, { instead }: TimestampServerOptions) {
    this.url = made.url;
    this.root = made.root;
    this.certificate = made.certificate;
    this.#directory = made.directory;
    this.#servers = made.servers;
    this.#instead = instead;
  }

  static async start(options: TimestampServerOptions = {}): Promise<TimestampServer> {
    const authority = options.authority ?? (await TestAuthority.root({ name: 'Test Time Root' }));
    const directory = await mkdtemp(join(tmpdir(), 'countersign-timestamps-'));
    const certificate = await configure(directory, authority);
    const servers = new TestServers({});
    const heard = Promise.withResolvers<TimestampServer>();
    const port = await servers.listen(
      createServer((request, response) => {
        void heard.promise.then((server) => server.#answer(request, response));
      }),
    );
    const url = `http://127.0.0.1:${port}/`;
    const made = { url, root: authority.certificate, certificate, directory, servers };
    const server = new TimestampServer(made, options);
    heard.resolve(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers.close();
    await this.#last.catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const query = Buffer.concat((await request.toArray()) as Buffer[]);
      this.queries.push(query);
      const reply = await this.#reply(query);
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
      response.end(this.#instead?.(query, reply) ?? reply);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  }

  #reply(query: Buffer): Promise<Buffer> {
    const next = this.#last.then(() => reply(this.#directory, query));
    this.#last = next.catch(() => undefined);
    return next;
  }
}

interface Made extends Pick<TimestampServer, 'url' | 'root' | 'certificate'> {
  readonly directory: string;
  readonly servers: TestServers;
}

async function reply(directory: string, query: Buffer): Promise<Buffer> {
  await writeFile(join(directory, 'query'), query);
  const words = ['ts', '-reply', '-config', 'openssl.cnf', '-queryfile', 'query', '-out', 'reply'];
  await promisify(execFile)('openssl', words, { cwd: directory });
  return readFile(join(directory, 'reply'));
}

/** Resolves to the server's certificate. */
async function configure(directory: string, authority: TestAuthority): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await authority.issue({
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    subject: 'CN=Test Time',
    // RFC 3161 §2.3: this usage alone, and critical.
    extendedKeyUsages: [timeStamping],
    usagesAreCritical: true,
  });
  const put = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
  await put('server.pem', certificate);
  await put('server.key', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  await put('issuer.pem', authority.certificate);
  await put('serial', '01\n');
  await put('openssl.cnf', configuration);
  return certificate;
}

const configuration = `[tsa]
default_tsa = server
[server]
serial = serial
signer_cert = server.pem
signer_key = server.key
certs = issuer.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.3
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
ordering = yes
tsa_name = yes
`;
