import { createServer as createTcpServer, connect, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LocalCa } from '../testing/local-ca.ts';
import { startMicrosocks, startTinyproxy, type RunningProxy } from '../testing/proxies.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { createHttpClient, createUnauthenticatedHttpClient } from './create-http-client.ts';
import { environmentRoutes } from './environment-routes.ts';
import { HttpError, type HttpClient } from './http-client.ts';
import { direct, type Proxy, type Route } from './route.ts';

const credentials = { username: 'alex', password: 's3cret-of-alex' };

let root: TestAuthority;
let identity: { readonly cert: string; readonly key: string };
let servers: TestServers;
let open: RunningProxy;
let guarded: RunningProxy;
const clients: HttpClient[] = [];

beforeAll(async () => {
  root = await TestAuthority.root();
  identity = await root.issueServer({
    names: [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ],
  });
  servers = new TestServers(identity);
  [open, guarded] = await Promise.all([startTinyproxy(), startTinyproxy(credentials)]);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await servers.close();
});

afterAll(async () => {
  await Promise.all([open.stop(), guarded.stop()]);
});

function through(...routes: readonly Route[]): HttpClient {
  const client = createHttpClient({
    rootsFor: () => [root.certificate],
    routesFor: () => Promise.resolve(routes),
    timeout: 10_000,
  });
  clients.push(client);
  return client;
}

const hello = (): Promise<string> => servers.serve((_request, response) => response.end('hello'));

async function read(client: HttpClient, url: string): Promise<string> {
  const { body } = await client.request({ method: 'GET', url });
  return Buffer.from(body).toString();
}

async function failure(client: HttpClient, url: string, timeout?: number): Promise<HttpError> {
  const request = { method: 'GET', url, ...(timeout !== undefined && { timeout }) } as const;
  const error: unknown = await client.request(request).catch((reason: unknown) => reason);
  if (!(error instanceof HttpError)) throw new Error('there was a response', { cause: error });
  expect(error.sent).toBe(false);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(credentials.password);
  const encoded = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(encoded);
  return error;
}

describe('through Tinyproxy', () => {
  test('requests reach the server, on one connection', async () => {
    const origin = await hello();
    const client = through(open.proxy);
    expect(await read(client, origin)).toBe('hello');
    expect(await read(client, origin)).toBe('hello');
    expect(await open.passed(new URL(origin).host)).toBe(1);
  });

  test('an address of IPv6 is reached', async () => {
    const server = createTlsServer({ ...identity }, (socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'),
    );
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    const { port } = server.address() as { port: number };
    expect(await read(through(open.proxy), `https://[::1]:${port}`)).toBe('hello');
    expect(await open.passed(`[::1]:${port}`)).toBe(1);
    server.close();
  });

  test('documents are fetched from servers that nobody vouches for', async () => {
    const origin = await hello();
    const client = createUnauthenticatedHttpClient({
      routesFor: () => Promise.resolve([open.proxy]),
    });
    expect(await read(client, origin)).toBe('hello');
    expect(await open.passed(new URL(origin).host)).toBe(1);
  });

  test('only those come who know the credentials', async () => {
    const origin = await hello();
    const proxy = { ...guarded.proxy, credentials };
    expect(await read(through(proxy), origin)).toBe('hello');
    const host = `127.0.0.1:${proxy.port}`;
    const stranger = await failure(through(guarded.proxy), origin);
    expect(stranger).toMatchObject({ reason: 'proxy-authentication', host });
    const wrong = { ...credentials, username: 'sam' };
    const impostor = await failure(through({ ...proxy, credentials: wrong }), origin);
    expect(impostor).toMatchObject({ reason: 'proxy-authentication', host });
  });

  test('goes who has it in the environment', async () => {
    const origin = await hello();
    const { username, password } = credentials;
    const https_proxy = `http://${username}:${password}@127.0.0.1:${guarded.proxy.port}`;
    const routesFor = environmentRoutes({ https_proxy, no_proxy: '<-loopback>' });
    const client = createHttpClient({ rootsFor: () => [root.certificate], routesFor });
    clients.push(client);
    expect(await read(client, origin)).toBe('hello');
    expect(await guarded.passed(new URL(origin).host)).toBeGreaterThan(0);
  });

  test('an account is made at a CA', async () => {
    const local = await LocalCa.start();
    const http = createHttpClient({
      rootsFor: () => [local.ca.rootPem],
      routesFor: () => Promise.resolve([open.proxy]),
    });
    try {
      await local.join({ http });
      expect(await open.passed(new URL(local.ca.origin).host)).toBe(1);
    } finally {
      http.close();
      await local.stop();
    }
  });

  test('a server that is not there is the proxy’s to report', async () => {
    const error = await failure(through(open.proxy), 'https://127.0.0.1:1');
    expect(error).toMatchObject({
      reason: 'proxy-refused',
      host: `127.0.0.1:${open.proxy.port}`,
    });
  });

  test('a server that cannot show who it is gets no request', async () => {
    const stranger = await TestAuthority.root({ name: 'Another Root' });
    let requests = 0;
    const origin = await servers.serve(
      (_request, response) => {
        requests += 1;
        response.end();
      },
      await stranger.issueServer(),
    );
    const error = await failure(through(open.proxy), origin);
    expect(error).toMatchObject({ reason: 'tls-untrusted', host: new URL(origin).host });
    expect(requests).toBe(0);
  });
});

describe('a proxy within TLS', () => {
  const serveProxy = async (tls: {
    readonly cert: string;
    readonly key: string;
  }): Promise<Proxy> => {
    const server = createTlsServer(tls, (socket) => {
      const inner = connect(open.proxy.port, open.proxy.host);
      inner.on('error', () => undefined);
      socket.on('error', () => undefined).on('close', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    });
    return { kind: 'https', host: 'localhost', port: await servers.listen(server) };
  };

  test('is one that this computer trusts, and carries TLS within TLS', async () => {
    const vouching = await TestAuthority.root({ name: 'Root of Proxies' });
    const before = getCACertificates('default');
    setDefaultCACertificates([vouching.certificate]);
    try {
      const client = through(await serveProxy(await vouching.issueServer()));
      expect(await read(client, await hello())).toBe('hello');
    } finally {
      setDefaultCACertificates(before);
    }
  });

  test('is not used when nobody vouches for it', async () => {
    const proxy = await serveProxy(identity);
    const error = await failure(through(proxy), await hello());
    expect(error).toMatchObject({ reason: 'tls-untrusted', host: `localhost:${proxy.port}` });
  });
});

describe('through MicroSocks', () => {
  test('requests reach the server by name and by address', async () => {
    const socks = await startMicrosocks();
    try {
      const origin = await hello();
      const client = through(socks.proxy);
      expect(await read(client, origin)).toBe('hello');
      expect(await read(client, origin.replace('localhost', '127.0.0.1'))).toBe('hello');
      const error = await failure(client, 'https://127.0.0.1:1');
      expect(error.reason).toBe('proxy-refused');
    } finally {
      await socks.stop();
    }
  });

  test('only those come who know the credentials', async () => {
    const socks = await startMicrosocks(credentials);
    try {
      const origin = await hello();
      expect(await read(through({ ...socks.proxy, credentials }), origin)).toBe('hello');
      expect((await failure(through(socks.proxy), origin)).reason).toBe('proxy-authentication');
      const wrong = { ...socks.proxy, credentials: { ...credentials, username: 'sam' } };
      expect((await failure(through(wrong), origin)).reason).toBe('proxy-authentication');
    } finally {
      await socks.stop();
    }
  });
});

/** Where nobody listens. */
async function absent(): Promise<Proxy> {
  const probe = createTcpServer();
  const port = await servers.listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  return { kind: 'http', host: '127.0.0.1', port };
}

async function serveProxy(kind: Proxy['kind'], listener: (socket: Socket) => void): Promise<Proxy> {
  return { kind, host: '127.0.0.1', port: await servers.listen(createTcpServer(listener)) };
}

describe('the next way', () => {
  test('is gone when a proxy is not there', async () => {
    const origin = await hello();
    const gone = await absent();
    expect(await read(through(gone, direct), origin)).toBe('hello');
    expect(await read(through(gone, { ...gone, kind: 'socks5' }, open.proxy), origin)).toBe(
      'hello',
    );
    const nowhere = { ...gone, host: 'nowhere.invalid' };
    expect(await read(through(nowhere, direct), origin)).toBe('hello');
  });

  test('is not gone when a proxy says no', async () => {
    const origin = await hello();
    const error = await failure(through(guarded.proxy, direct), origin);
    expect(error.reason).toBe('proxy-authentication');
  });

  test('is none when the last proxy is not there', async () => {
    const gone = await absent();
    const error = await failure(through(gone), await hello());
    expect(error).toMatchObject({ reason: 'refused', host: `127.0.0.1:${gone.port}` });
  });
});

describe('a proxy that fails', () => {
  const answering = (kind: Proxy['kind'], octets: string | Buffer): Promise<Proxy> =>
    serveProxy(kind, (socket) => socket.once('data', () => socket.write(octets)));

  test.each([
    ['a no', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'proxy-refused'],
    [
      'another place',
      'HTTP/1.1 302 Found\r\nLocation: https://login.example\r\n\r\n',
      'proxy-refused',
    ],
    ['a question', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'proxy-authentication'],
    ['a word too many', 'HTTP/1.1 200 OK\r\n\r\nunasked', 'response-malformed'],
    ['another protocol', '220 mail ready\r\n', 'response-malformed'],
    [
      'endless headers',
      `HTTP/1.1 200 OK\r\n${'X-Long: aaaaaaaaaaaaaaaa\r\n'.repeat(4_000)}`,
      'response-too-large',
    ],
  ])('over HTTP, by %s', async (_how, octets, reason) => {
    const proxy = await answering('http', octets);
    const error = await failure(through({ ...proxy, credentials }), await hello());
    expect(error).toMatchObject({ reason, host: `127.0.0.1:${proxy.port}` });
  });

  test.each([
    ['another version', [4, 0], 'response-malformed'],
    ['no method in common', [5, 0xff], 'proxy-authentication'],
    ['a method that was not offered', [5, 1], 'proxy-authentication'],
    ['a refusal', [5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0], 'proxy-refused'],
    ['an address of no known kind', [5, 0, 5, 0, 0, 9, 0, 0, 0, 0, 0, 0], 'response-malformed'],
    ['a word too many', [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 22], 'response-malformed'],
  ])('over SOCKS, by %s', async (_how, octets, reason) => {
    const proxy = await answering('socks5', Buffer.from(octets));
    const error = await failure(through({ ...proxy, credentials }), await hello());
    expect(error).toMatchObject({ reason, host: `127.0.0.1:${proxy.port}` });
  });

  test.each<Proxy['kind']>(['http', 'https', 'socks5'])('over %s, by hanging up', async (kind) => {
    const proxy = await serveProxy(kind, (socket) => socket.once('data', () => socket.end()));
    expect((await failure(through(proxy), await hello())).reason).toBe('reset');
  });

  test.each<Proxy['kind']>(['http', 'https', 'socks5'])(
    'over %s, by saying nothing',
    async (kind) => {
      const closed = Promise.withResolvers<undefined>();
      const proxy = await serveProxy(kind, (socket) => {
        socket.resume().on('close', () => closed.resolve(undefined));
      });
      expect((await failure(through(proxy), await hello(), 200)).reason).toBe('timeout');
      await closed.promise;
    },
  );

  test('by a setting that asks for ever', async () => {
    const client = createHttpClient({ routesFor: () => new Promise(() => undefined) });
    expect((await failure(client, 'https://localhost:1', 100)).reason).toBe('timeout');
  });
});
