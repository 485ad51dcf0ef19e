import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ok } from '../testing/http2-frames.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { createHttpClient, type HttpClientOptions } from './create-http-client.ts';
import { HttpError, type HttpClient } from './http-client.ts';

let root: TestAuthority;
let identity: { readonly cert: string; readonly key: string };
let servers: TestServers;
const clients: HttpClient[] = [];

beforeAll(async () => {
  root = await TestAuthority.root();
  identity = await root.issueServer();
  servers = new TestServers(identity);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await servers.close();
});

function open(options: HttpClientOptions = {}): HttpClient {
  const client = createHttpClient({
    rootsFor: () => [root.certificate],
    timeout: 10_000,
    ...options,
  });
  clients.push(client);
  return client;
}

const get = async (client: HttpClient, url: string): Promise<string> => {
  const { body } = await client.request({ method: 'GET', url });
  return Buffer.from(body).toString();
};

const post = (client: HttpClient, url: string) =>
  client.request({ method: 'POST', url, body: 'x' });

async function failure(attempt: Promise<unknown>): Promise<[string, boolean]> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof HttpError)) throw new Error('there was a response', { cause: error });
  return [error.reason, error.sent];
}

/** Keeps this process from reading news, as work that takes long does. */
function beBusy(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Closes every connection soon after it answered, in a thread of its own. */
const impatientServer = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:https').createServer(workerData, (request, response) => {
    response.shouldKeepAlive = true;
    response.on('finish', () => setTimeout(() => request.socket.end(), 100)).end('hello');
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Serves by hand, a line per request of a connection; both are counted from 1. */
async function serveLines(
  line: (request: number, connection: number, socket: TLSSocket) => string | undefined,
): Promise<string> {
  let connections = 0;
  const server = createTlsServer(identity, (socket) => {
    connections += 1;
    const connection = connections;
    let requests = 0;
    socket.on('data', () => {
      requests += 1;
      const answer = line(requests, connection, socket);
      if (answer !== undefined) socket.write(answer);
    });
  });
  return `https://localhost:${await servers.listen(server)}`;
}

const okWith = (body: string | number, headers = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${String(body).length}\r\n${headers}\r\n${body}`;

describe('a connection', () => {
  test('is not kept when the server says that it is the last answer', async () => {
    const ports: (number | undefined)[] = [];
    const origin = await servers.serve((request, response) => {
      ports.push(request.socket.remotePort);
      response.setHeader('connection', 'close').end('hello');
    });
    const client = open();
    for (let count = 0; count < 3; count += 1) expect(await get(client, origin)).toBe('hello');
    await post(client, origin);
    expect(new Set(ports).size).toBe(4);
  });

  test('is there for each request that runs at once, and for no more', async () => {
    const ports = new Set<number | undefined>();
    const held: ServerResponse[] = [];
    const origin = await servers.serve((request: IncomingMessage, response) => {
      ports.add(request.socket.remotePort);
      held.push(response);
      if (held.length === 4) for (const each of held.splice(0)) each.end('hello');
    });
    const client = open();
    const four = () => Promise.all(Array.from({ length: 4 }, () => get(client, origin)));
    await four();
    expect(await four()).toEqual(['hello', 'hello', 'hello', 'hello']);
    expect(ports.size).toBe(4);
  });

  test('that was closed while this process was busy costs no POST', async () => {
    const impatient = new Worker(impatientServer, { eval: true, workerData: identity });
    const [port] = (await once(impatient, 'message')) as [number];
    const origin = `https://localhost:${port}`;
    const client = open();
    for (let round = 0; round < 3; round += 1) {
      await get(client, origin);
      beBusy(300);
      expect((await post(client, origin)).status).toBe(200);
    }
    await impatient.terminate();
  });

  test('that speaks unasked is not asked again', async () => {
    const origin = await serveLines((_request, connection, socket) => {
      if (connection === 1) setTimeout(() => socket.write(okWith('for nobody')), 50);
      return okWith(connection);
    });
    const client = open();
    expect(await get(client, origin)).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await get(client, origin)).toBe('2');
  });

  test('that answers twice at once is not asked again', async () => {
    const origin = await serveLines((_request, connection) =>
      connection === 1 ? okWith('1') + okWith('for nobody') : okWith(connection),
    );
    const client = open();
    expect(await get(client, origin)).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await get(client, origin)).toBe('2');
  });

  test('that ends instead of a second answer costs no question, but a POST', async () => {
    const requests: string[] = [];
    const origin = await serveLines((request, connection, socket) => {
      requests.push(`${connection}.${request}`);
      if (request > 1) socket.destroy();
      return request > 1 ? undefined : okWith(connection);
    });
    const client = open();
    expect(await get(client, origin)).toBe('1');
    expect(await get(client, origin)).toBe('2');
    expect(await failure(post(client, origin))).toEqual(['reset', true]);
    expect(requests).toEqual(['1.1', '1.2', '2.1', '2.2']);
  });

  test('that ends amid a second answer is not asked the same again', async () => {
    let requests = 0;
    const origin = await serveLines((request, _connection, socket) => {
      requests += 1;
      if (request > 1) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
      return request > 1 ? undefined : okWith('1');
    });
    const client = open();
    await get(client, origin);
    expect(await failure(get(client, origin))).toEqual(['reset', true]);
    expect(requests).toBe(2);
  });

  test('that opens after the end of the client carries nothing', async () => {
    let requests = 0;
    const origin = await serveLines(() => okWith((requests += 1)));
    const client = open({ offerHttp2: false });
    const attempt = failure(post(client, origin));
    client.close();
    expect(await attempt).toEqual(['reset', false]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requests).toBe(0);
  });

  test('that is cut by the end of the client is followed by no other', async () => {
    const asked = Promise.withResolvers<undefined>();
    let requests = 0;
    const origin = await serveLines((request) => {
      requests += 1;
      if (request === 1) return okWith('1');
      asked.resolve(undefined);
      return undefined;
    });
    const client = open();
    await get(client, origin);
    const attempt = failure(get(client, origin));
    await asked.promise;
    client.close();
    expect((await attempt)[0]).toBe('reset');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requests).toBe(2);
  });

  test('whose request was abandoned before it was sent is there for the next', async () => {
    const origin = await serveLines((_request, connection) => okWith(connection));
    const client = open();
    expect(await get(client, origin)).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 150));
    const controller = new AbortController();
    const abandoned = client.request({ method: 'GET', url: origin, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('not wanted')));
    await expect(abandoned).rejects.toThrow('not wanted');
    expect(await get(client, origin)).toBe('1');
  });

  test('that is being opened is given up when nobody waits for it any more', async () => {
    const closed = Promise.withResolvers<undefined>();
    const { createServer } = await import('node:net');
    const port = await servers.listen(
      createServer((socket) => socket.on('close', () => closed.resolve(undefined)).resume()),
    );
    const client = open({ timeout: 200 });
    const attempts = [1, 2, 3].map(() => failure(get(client, `https://localhost:${port}`)));
    expect(await Promise.all(attempts)).toEqual(attempts.map(() => ['timeout', false]));
    await closed.promise;
  });
});

describe('an address', () => {
  test('may be one of IPv6', async () => {
    const server = createTlsServer(
      await root.issueServer({ names: [{ type: 'ip', value: '::1' }] }),
      (socket) => socket.on('data', () => socket.write(okWith('hello'))),
    );
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await get(open(), `https://[::1]:${port}`)).toBe('hello');
    clients.splice(0).forEach((client) => client.close());
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a server that speaks HTTP/1.1', () => {
  test('is not understood when it packs what was to come as it is', async () => {
    const origin = await serveLines(() => okWith('packed', 'Content-Encoding: gzip\r\n'));
    expect(await failure(get(open(), origin))).toEqual(['response-malformed', true]);
  });

  test('is told that nothing else than the plain body is wanted', async () => {
    const origin = await servers.serve((request, response) =>
      response.end(JSON.stringify([request.headers['accept-encoding'], request.headers.host])),
    );
    expect(JSON.parse(await get(open(), origin))).toEqual(['identity', new URL(origin).host]);
  });
});

describe('a process', () => {
  test.each([
    ['HTTP/1.1', () => servers.serve((_request, response) => response.end('hello'))],
    ['HTTP/2', () => servers.serveFrames((stream) => ok(stream))],
  ])('can end while it holds idle connections of %s', async (_protocol, serve) => {
    const origin = await serve();
    const program = `
      import { createHttpClient } from ${JSON.stringify(new URL('./create-http-client.ts', import.meta.url).href)};
      const client = createHttpClient({ rootsFor: () => [process.env.ROOT] });
      const { body } = await client.request({ method: 'GET', url: ${JSON.stringify(origin)} });
      process.stdout.write(body);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, ROOT: root.certificate },
      timeout: 15_000,
    });
    expect((await run).stdout).toBe('hello');
  });
});
