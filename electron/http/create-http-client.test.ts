import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { bodyOf, TestServers } from '../testing/test-servers.ts';
import {
  createHttpClient,
  createUnauthenticatedHttpClient,
  type HttpClientOptions,
} from './create-http-client.ts';
import { HttpError, type HttpClient } from './http-client.ts';

let root: TestAuthority;
let stranger: TestAuthority;
let identity: { readonly cert: string; readonly key: string };
let servers: TestServers;
const clients: HttpClient[] = [];

beforeAll(async () => {
  [root, stranger] = await Promise.all([
    TestAuthority.root(),
    TestAuthority.root({ name: 'Another Root' }),
  ]);
  identity = await root.issueServer();
  servers = new TestServers(identity);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await servers.close();
});

const greet: RequestListener = (_request, response) => response.end('hello');

function open(options: HttpClientOptions = {}): HttpClient {
  const client = createHttpClient({ rootsFor: () => [root.certificate], ...options });
  clients.push(client);
  return client;
}

const get = (client: HttpClient, url: string, signal?: AbortSignal) =>
  client.request({ method: 'GET', url, ...(signal && { signal }) });

async function failure(attempt: Promise<unknown>): Promise<HttpError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
}

describe('a response', () => {
  test('comes with status, joined headers and body, for every status', async () => {
    const origin = await servers.serve((request, response) => {
      response.setHeader('Link', ['<a>;rel="index"', '<b>;rel="next"']);
      response.writeHead(request.url === '/missing' ? 404 : 200, { 'X-Name': 'value' });
      response.end('body');
    });
    const client = open();
    const found = await get(client, `${origin}/found`);
    expect(found).toMatchObject({ status: 200, url: `${origin}/found` });
    expect(found.headers.get('x-NAME')).toBe('value');
    expect(found.headers.get('link')).toBe('<a>;rel="index", <b>;rel="next"');
    expect(found.headers.get('absent')).toBeNull();
    expect(Buffer.from(found.body).toString()).toBe('body');
    expect(await get(client, `${origin}/missing`)).toMatchObject({ status: 404 });
  });

  test('of a redirect is returned and not followed', async () => {
    const visited: (string | undefined)[] = [];
    const origin = await servers.serve((request, response) => {
      visited.push(request.url);
      response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    expect((await get(open(), `${origin}/here`)).status).toBe(302);
    expect(visited).toEqual(['/here']);
  });

  test('to a POST follows its body and headers', async () => {
    const origin = await servers.serve((request, response) => {
      void bodyOf(request).then((body) =>
        response.end(JSON.stringify([request.headers['content-length'], body])),
      );
    });
    const { body } = await open().request({
      method: 'POST',
      url: origin,
      headers: { 'content-type': 'application/jose+json' },
      body: '{"ü":1}',
    });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual(['8', '{"ü":1}']);
  });

  test('to a HEAD has no body', async () => {
    const origin = await servers.serve(greet);
    const { status, body } = await open().request({ method: 'HEAD', url: origin });
    expect([status, body.length]).toEqual([200, 0]);
  });
});

describe('connections', () => {
  test('are kept open and used again', async () => {
    const ports = new Set<number | undefined>();
    const origin = await servers.serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const client = open();
    for (let count = 0; count < 5; count += 1) await get(client, origin);
    expect(ports.size).toBe(1);
  });

  test('are not used again once an origin is vouched for by other roots', async () => {
    let roots = [root.certificate];
    const origin = await servers.serve(greet);
    const client = open({ rootsFor: () => roots });
    await get(client, origin);
    roots = [stranger.certificate];
    expect((await failure(get(client, origin))).reason).toBe('tls-untrusted');
  });

  test('that the server closed while idle cost no request', async () => {
    const server = createServer({ ...identity, keepAliveTimeout: 50 }, greet);
    const origin = `https://localhost:${await servers.listen(server)}`;
    const client = open();
    await get(client, origin);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await get(client, origin)).status).toBe(200);
  });

  test('that nobody uses for a while are closed', async () => {
    const closed = Promise.withResolvers<undefined>();
    const origin = await servers.serve(
      (request, response) => {
        request.socket.on('close', () => closed.resolve(undefined));
        response.end();
      },
      { keepAliveTimeout: 0 },
    );
    await get(open({ idleTimeout: 100 }), origin);
    await closed.promise;
  });

  test('are not closed for being idle while an answer is awaited', async () => {
    const origin = await servers.serve((_request, response) => {
      setTimeout(() => response.end('late'), 400);
    });
    const { body } = await get(open({ idleTimeout: 100 }), origin);
    expect(Buffer.from(body).toString()).toBe('late');
  });
});

describe('trust', () => {
  test('is limited to the roots of the origin', async () => {
    const origin = await servers.serve(greet);
    const client = open({
      rootsFor: (asked) => (asked === origin ? [stranger.certificate] : [root.certificate]),
    });
    const error = await failure(get(client, origin));
    expect(error).toMatchObject({
      reason: 'tls-untrusted',
      sent: false,
      host: new URL(origin).host,
    });
    expect((await get(client, await servers.serve(greet))).status).toBe(200);
  });

  test('is in nobody when the list of roots is empty', async () => {
    const origin = await servers.serve(greet);
    expect((await failure(get(open({ rootsFor: () => [] }), origin))).reason).toBe('tls-untrusted');
  });

  test('without pinned roots is in those of this computer', async () => {
    const origin = await servers.serve(greet);
    const client = open({ rootsFor: () => undefined });
    expect((await failure(get(client, origin))).reason).toBe('tls-untrusted');
  });

  test.each([
    ['another name', () => ({ names: [{ type: 'dns' as const, value: 'elsewhere.example' }] })],
    ['a time that is over', () => ({ notAfter: new Date(Date.now() - 1000) })],
    ['a time to come', () => ({ notBefore: new Date(Date.now() + 3_600_000) })],
  ])('is refused to a certificate for %s', async (_title, details) => {
    const origin = await servers.serve(greet, await root.issueServer(details()));
    const error = await failure(get(open(), origin));
    expect([error.reason, error.sent]).toEqual(['tls-untrusted', false]);
  });

  test('that fails keeps the request from being written', async () => {
    let requests = 0;
    const origin = await servers.serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const client = open({ rootsFor: () => [stranger.certificate] });
    await failure(client.request({ method: 'POST', url: origin, body: 'secret' }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requests).toBe(0);
  });

  test('is not to be had with TLS 1.1', async () => {
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const origin = await servers.serve(greet, { ...identity, ...old });
    expect((await failure(get(open(), origin))).reason).toBe('tls-failed');
  });
});

describe('an abort', () => {
  const reason = new Error('changed my mind');

  test('ends a request with its reason and closes the connection', async () => {
    const closed = Promise.withResolvers<undefined>();
    const arrived = Promise.withResolvers<undefined>();
    const origin = await servers.serve((request) => {
      request.socket.on('close', () => closed.resolve(undefined));
      arrived.resolve(undefined);
    });
    const controller = new AbortController();
    const attempt = get(open(), origin, controller.signal);
    await arrived.promise;
    controller.abort(reason);
    await expect(attempt).rejects.toBe(reason);
    await closed.promise;
  });

  test('that came before keeps the request from being made', async () => {
    let requests = 0;
    const origin = await servers.serve((_request, response) => {
      requests += 1;
      response.end();
    });
    await expect(get(open(), origin, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(requests).toBe(0);
  });
});

test('a URL that is not https is refused', async () => {
  await expect(get(open(), 'http://localhost:1/')).rejects.toBeInstanceOf(TypeError);
});

test('closing the client ends its connections', async () => {
  const closed = Promise.withResolvers<undefined>();
  const origin = await servers.serve((request, response) => {
    request.socket.on('close', () => closed.resolve(undefined));
    response.end();
  });
  const client = open();
  await get(client, origin);
  client.close();
  await closed.promise;
});

describe('the unauthenticated client', () => {
  test('reads from a server that nobody vouches for', async () => {
    const origin = await servers.serve(
      greet,
      await stranger.issueServer({ notAfter: new Date(Date.now() - 1) }),
    );
    const client = createUnauthenticatedHttpClient();
    clients.push(client);
    expect(Buffer.from((await get(client, origin)).body).toString()).toBe('hello');
  });

  test('sends nothing but GET requests', async () => {
    const client = createUnauthenticatedHttpClient();
    const post = client.request({ method: 'POST', url: 'https://localhost:1', body: 'x' });
    await expect(post).rejects.toBeInstanceOf(TypeError);
    const head = client.request({ method: 'HEAD', url: 'https://localhost:1' });
    await expect(head).rejects.toBeInstanceOf(TypeError);
  });

  test('leaves other clients as strict as they are', async () => {
    const origin = await servers.serve(greet, await stranger.issueServer());
    const lax = createUnauthenticatedHttpClient();
    clients.push(lax);
    await get(lax, origin);
    expect((await failure(get(open(), origin))).reason).toBe('tls-untrusted');
  });
});
