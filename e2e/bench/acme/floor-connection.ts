import { connect, type TLSSocket } from 'node:tls';

/** As little of an HTTP/1.1 answer as an issuance needs. */
export interface FloorAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface FloorTarget {
  readonly host: string;
  readonly port: number;
  readonly directoryPath: string;
  /** PEM. */
  readonly root: string;
}

/** Where a directory URL leads. */
export function floorTarget(directoryUrl: string, root: string): FloorTarget {
  const { hostname, port, pathname } = new URL(directoryUrl);
  return { host: hostname, port: Number(port), directoryPath: pathname, root };
}

const endOfHead = Buffer.from('\r\n\r\n');
const empty: Buffer = Buffer.alloc(0);

/** One TLS connection and one request at a time: no pool, no time-out, no limits, no checks. */
export class FloorConnection {
  readonly #socket: TLSSocket;
  readonly #host: string;
  #received = empty;
  #waiting: { resolve: (answer: FloorAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: TLSSocket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error: Error) => this.#waiting?.reject(error));
  }

  static async open({ host, port, root }: FloorTarget): Promise<FloorConnection> {
    const socket = connect({ host, port, servername: host, ca: root, ALPNProtocols: ['http/1.1'] });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    socket.setNoDelay(true);
    return new FloorConnection(socket, `${host}:${port}`);
  }

  get(path: string): Promise<FloorAnswer> {
    return this.#send(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nUser-Agent: floor\r\n\r\n`);
  }

  post(path: string, body: string): Promise<FloorAnswer> {
    return this.#send(
      `POST ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nUser-Agent: floor\r\nContent-Type: application/jose+json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(request: string): Promise<FloorAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = readAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = empty;
    this.#waiting?.resolve(answer);
  }
}

function readAnswer(received: Buffer): FloorAnswer | undefined {
  const end = received.indexOf(endOfHead);
  if (end === -1) return undefined;
  const [statusLine = '', ...fields] = received.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 2)];
    }),
  );
  const rest = received.subarray(end + endOfHead.length);
  const status = Number(statusLine.slice(9, 12));
  const body = status === 204 ? empty : readBody(rest, headers);
  return body && { status, headers, body };
}

function readBody(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(rest);
  const length = Number(headers.get('content-length') ?? 0);
  return rest.length >= length ? rest.subarray(0, length) : undefined;
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const line = rest.indexOf('\r\n', at);
    if (line === -1) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    if (rest.length < line + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
