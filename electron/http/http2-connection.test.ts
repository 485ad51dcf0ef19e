import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes, goAway, ok, resetStream } from '../testing/http2-frames.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers, type FrameLines } from '../testing/test-servers.ts';
import { createHttpClient, type HttpClientOptions } from './create-http-client.ts';
import { HttpError, type HttpClient, type HttpRequest } from './http-client.ts';

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

interface Http2Server {
  readonly origin: string;
  /** How many connections there were. */
  readonly sessions: () => number;
}

async function serve(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<Http2Server> {
  let sessions = 0;
  const server = createSecureServer({ ...identity, allowHTTP1: true });
  server.on('session', () => (sessions += 1));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers);
  });
  const origin = `https://localhost:${await servers.listen(server)}`;
  return { origin, sessions: () => sessions };
}

const serveFrames = (lines: FrameLines): Promise<string> => servers.serveFrames(lines);

const get = (client: HttpClient, url: string, rest: Partial<HttpRequest> = {}) =>
  client.request({ method: 'GET', url, ...rest });

const textOf = ({ body }: { readonly body: Uint8Array }): string => Buffer.from(body).toString();

async function failure(attempt: Promise<unknown>): Promise<[string, boolean]> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof HttpError)) throw new Error('there was a response', { cause: error });
  return [error.reason, error.sent];
}

describe('HTTP/2', () => {
  test('is spoken where the server offers it, and carries status, headers and body', async () => {
    const { origin } = await serve((stream) => {
      stream.respond({ ':status': 404, 'x-name': 'value', link: ['<a>', '<b>'] });
      stream.end(stream.session?.alpnProtocol);
    });
    const response = await get(open(), `${origin}/path?query`);
    expect([response.status, textOf(response)]).toEqual([404, 'h2']);
    expect(response.headers.get('X-NAME')).toBe('value');
    expect(response.headers.get('link')).toBe('<a>, <b>');
    expect(response.headers.get(':status')).toBeNull();
    expect(response.headers.get('absent')).toBeNull();
  });

  test('is not spoken by a client that does not offer it', async () => {
    const server = createSecureServer({ ...identity, allowHTTP1: true }, (request, response) =>
      response.end(request.httpVersion),
    );
    const origin = `https://localhost:${await servers.listen(server)}`;
    expect(textOf(await get(open({ offerHttp2: false }), origin))).toBe('1.1');
    expect(textOf(await get(open(), origin))).toBe('2.0');
  });

  test('says how long a POST is', async () => {
    const { origin } = await serve((stream, headers) => {
      let body = '';
      stream.on('data', (chunk) => (body += String(chunk)));
      stream.on('end', () => {
        stream.respond();
        stream.end(JSON.stringify([headers['content-length'], headers['content-type'], body]));
      });
    });
    const response = await open().request({
      method: 'POST',
      url: origin,
      headers: { 'Content-Type': 'application/jose+json' },
      body: '{"ü":1}',
    });
    expect(JSON.parse(textOf(response))).toEqual(['8', 'application/jose+json', '{"ü":1}']);
    const empty = await open().request({ method: 'POST', url: origin });
    expect(JSON.parse(textOf(empty))).toEqual(['0', null, '']);
  });

  test('answers a HEAD without a body', async () => {
    const { origin } = await serve((stream) => {
      stream.respond({ 'content-length': 5 }, { endStream: true });
    });
    const { status, body } = await open().request({ method: 'HEAD', url: origin });
    expect([status, body.length]).toEqual([200, 0]);
  });
});

describe('one connection', () => {
  test('carries all requests to an origin, also those that come before it is open', async () => {
    const { origin, sessions } = await serve((stream, headers) => {
      stream.respond();
      stream.end(headers[':path']);
    });
    const client = open();
    const paths = Array.from({ length: 20 }, (_each, index) => `/${index}`);
    const responses = await Promise.all(paths.map((path) => get(client, origin + path)));
    expect(responses.map(textOf)).toEqual(paths);
    await get(client, origin);
    expect(sessions()).toBe(1);
  });

  test('outlives a request that is called off', async () => {
    const { origin, sessions } = await serve((stream, headers) => {
      if (headers[':path'] === '/silence') return;
      stream.respond();
      stream.end('hello');
    });
    const client = open();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const silent = get(client, `${origin}/silence`, { signal: controller.signal });
    expect(textOf(await get(client, origin))).toBe('hello');
    controller.abort(reason);
    await expect(silent).rejects.toBe(reason);
    expect(textOf(await get(client, origin))).toBe('hello');
    expect(sessions()).toBe(1);
  });

  test('is given up after a request that nobody answered in time', async () => {
    const { origin, sessions } = await serve((stream, headers) => {
      if (headers[':path'] === '/silence') return;
      stream.respond();
      stream.end('hello');
    });
    const client = open();
    const silent = get(client, `${origin}/silence`, { timeout: 200 });
    expect(await failure(silent)).toEqual(['timeout', true]);
    expect(textOf(await get(client, origin))).toBe('hello');
    expect(sessions()).toBe(2);
  });

  test('is not used again once its origin is vouched for by other roots', async () => {
    const stranger = await TestAuthority.root({ name: 'Another Root' });
    let roots = [root.certificate];
    const closed = Promise.withResolvers<undefined>();
    const { origin } = await serve((stream) => {
      stream.session?.once('close', () => closed.resolve(undefined));
      stream.respond();
      stream.end();
    });
    const client = open({ rootsFor: () => roots });
    await get(client, origin);
    roots = [stranger.certificate];
    expect(await failure(get(client, origin))).toEqual(['tls-untrusted', false]);
    await closed.promise;
  });

  test('is closed when nobody uses it for a while, and not while an answer is awaited', async () => {
    const closed = Promise.withResolvers<undefined>();
    const { origin } = await serve((stream) => {
      stream.session?.once('close', () => closed.resolve(undefined));
      setTimeout(() => {
        stream.respond();
        stream.end('late');
      }, 400);
    });
    expect(textOf(await get(open({ idleTimeout: 100 }), origin))).toBe('late');
    await closed.promise;
  });

  test('ends with its client', async () => {
    const closed = Promise.withResolvers<undefined>();
    const { origin } = await serve((stream) => {
      stream.session?.once('close', () => closed.resolve(undefined));
      stream.respond();
      stream.end();
    });
    const client = open();
    await get(client, origin);
    client.close();
    await closed.promise;
  });
});

describe('a request that the server did not process', () => {
  const post = (url: string) => open().request({ method: 'POST', url, body: 'x' });

  test('is sent again when its stream was refused', async () => {
    const origin = await serveFrames((stream) =>
      stream === 1 ? resetStream(stream, errorCodes.refusedStream) : ok(stream),
    );
    expect(textOf(await post(origin))).toBe('hello');
  });

  test('is sent once more and no further', async () => {
    let streams = 0;
    const origin = await serveFrames((stream) => {
      streams += 1;
      return resetStream(stream, errorCodes.refusedStream);
    });
    expect(await failure(post(origin))).toEqual(['reset', false]);
    expect(streams).toBe(2);
  });

  test.each([
    ['in peace', errorCodes.none],
    ['in anger', errorCodes.enhanceYourCalm],
  ])('is sent on another connection when the server goes away %s', async (_how, code) => {
    const origin = await serveFrames((stream, connection) =>
      connection === 1 ? goAway(0, code) : ok(stream, 'second'),
    );
    expect(textOf(await post(origin))).toBe('second');
  });
});

describe('a request that may have been processed', () => {
  test.each([
    ['goes away', (stream: number) => goAway(stream, errorCodes.enhanceYourCalm)],
    ['cancels it', (stream: number) => resetStream(stream, errorCodes.cancel)],
    ['wants calm', (stream: number) => resetStream(stream, errorCodes.enhanceYourCalm)],
  ])('is not sent again when the server %s', async (_how, line) => {
    let streams = 0;
    const origin = await serveFrames((stream) => {
      streams += 1;
      return line(stream);
    });
    const post = open().request({ method: 'POST', url: origin, body: 'x' });
    expect(await failure(post)).toEqual(['reset', true]);
    expect(streams).toBe(1);
  });

  test('is not sent again when the connection ends', async () => {
    let streams = 0;
    const origin = await serveFrames((_stream, _connection, socket) => {
      streams += 1;
      socket.destroy();
      return undefined;
    });
    const post = open().request({ method: 'POST', url: origin, body: 'x' });
    expect(await failure(post)).toEqual(['reset', true]);
    expect(streams).toBe(1);
  });

  test('is sent again in HTTP/1.1 when the server wants that and it only asks', async () => {
    const server = createSecureServer({ ...identity, allowHTTP1: true }, (request, response) => {
      if (request.httpVersionMajor === 2) request.stream.close(errorCodes.http11Required);
      else response.end(request.httpVersion);
    });
    const origin = `https://localhost:${await servers.listen(server)}`;
    const post = { method: 'POST', url: origin, body: 'x' } as const;
    expect(await failure(open().request(post))).toEqual(['reset', true]);
    const client = open();
    expect(textOf(await get(client, origin))).toBe('1.1');
    expect(textOf(await client.request(post))).toBe('1.1');
  });

  test('is sent again when it only asks, and the connection had been used before', async () => {
    const origin = await serveFrames((stream, connection, socket) => {
      if (connection === 1 && stream > 1) socket.destroy();
      return ok(stream, String(connection));
    });
    const client = open();
    expect(textOf(await get(client, origin))).toBe('1');
    expect(textOf(await get(client, origin))).toBe('2');
  });
});
