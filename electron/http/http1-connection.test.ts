import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { createHttpClient } from './create-http-client.ts';
import { HttpError, type HttpClient, type HttpFault } from './http-client.ts';

let client: HttpClient;
let servers: TestServers;

beforeAll(async () => {
  const root = await TestAuthority.root();
  servers = new TestServers(await root.issueServer());
  client = createHttpClient({ rootsFor: () => [root.certificate] });
});

afterEach(async () => {
  client.close();
  await servers.close();
});

interface Limits {
  readonly timeout?: number;
  readonly maximumSize?: number;
}

/** Why there was no response, and whether the request may have arrived. */
async function failure(url: string, limits: Limits = {}): Promise<[HttpFault, boolean]> {
  const error: unknown = await client
    .request({ method: 'GET', url, ...limits })
    .catch((reason: unknown) => reason);
  if (!(error instanceof HttpError)) throw new Error('there was a response', { cause: error });
  return [error.reason, error.sent];
}

describe('a server that fails', () => {
  test('by refusing the connection', async () => {
    const probe = createTcpServer();
    const port = await servers.listen(probe);
    await new Promise((resolve) => probe.close(resolve));
    expect(await failure(`https://127.0.0.1:${port}`)).toEqual(['refused', false]);
  });

  test('by having no address', async () => {
    expect(await failure('https://nowhere.invalid')).toEqual(['name-not-found', false]);
  });

  test('by speaking no TLS', async () => {
    const port = await servers.listen(
      createTcpServer((socket) => socket.end('220 mail ready\r\n')),
    );
    expect(await failure(`https://localhost:${port}`)).toEqual(['tls-failed', false]);
  });

  test('by closing during the handshake', async () => {
    const port = await servers.listen(
      createTcpServer((socket) => socket.once('data', () => socket.destroy())),
    );
    expect(await failure(`https://localhost:${port}`)).toEqual(['reset', false]);
  });

  test('by closing instead of answering', async () => {
    const origin = await servers.serve((request) => request.socket.destroy());
    expect(await failure(origin)).toEqual(['reset', true]);
  });

  test('by closing amid the body', async () => {
    const origin = await servers.serveOctets('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await failure(origin)).toEqual(['reset', true]);
  });

  test('by closing amid a chunked body', async () => {
    const origin = await servers.serveOctets(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    );
    expect(await failure(origin)).toEqual(['reset', true]);
  });

  test('by answering with garbage', async () => {
    const origin = await servers.serveOctets('\0\x01\x02 this is no HTTP\r\n\r\n');
    expect(await failure(origin)).toEqual(['response-malformed', true]);
  });

  test('by answering with two lengths', async () => {
    const origin = await servers.serveOctets(
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy',
    );
    expect(await failure(origin)).toEqual(['response-malformed', true]);
  });

  test('by answering with endless headers', async () => {
    const origin = await servers.serveOctets(
      `HTTP/1.1 200 OK\r\n${'X-Long: aaaaaaaaaaaaaaaa\r\n'.repeat(4_000)}`,
    );
    expect(await failure(origin)).toEqual(['response-too-large', true]);
  });

  test('by switching protocols unasked', async () => {
    const origin = await servers.serveOctets(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    );
    expect(await failure(origin)).toEqual(['response-malformed', true]);
  });

  test('by announcing too large a body, before it is read', async () => {
    const origin = await servers.serveOctets(
      'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n',
      false,
    );
    expect(await failure(origin)).toEqual(['response-too-large', true]);
  });

  test('by sending too large a body without announcing it', async () => {
    const origin = await servers.serve((_request, response) => {
      const send = (): boolean | undefined =>
        response.destroyed ? undefined : response.write('x'.repeat(65_536)) && send();
      response.on('drain', send);
      send();
    });
    expect(await failure(origin, { maximumSize: 200_000 })).toEqual(['response-too-large', true]);
  });

  test('by saying nothing', async () => {
    const origin = await servers.serve(() => undefined);
    expect(await failure(origin, { timeout: 150 })).toEqual(['timeout', true]);
  });

  test('by never finishing, a byte at a time', async () => {
    const origin = await servers.serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failure(origin, { timeout: 300 })).toEqual(['timeout', true]);
  });

  test('by never finishing the handshake', async () => {
    const port = await servers.listen(createTcpServer(() => undefined));
    expect(await failure(`https://localhost:${port}`, { timeout: 150 })).toEqual([
      'timeout',
      false,
    ]);
  });
});
