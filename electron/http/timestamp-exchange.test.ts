import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTinyproxy, type RunningProxy } from '../testing/proxies.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { timestampExchange } from './timestamp-exchange.ts';

// Octets that are no text.
const query = Buffer.from([0x30, 0x80, 0xff, 0x00, 0x0d, 0x0a]);

/** Asked for an organisation that is on this computer itself. */
const here = { mayStayHere: true };

let servers: TestServers;
let proxy: RunningProxy;

beforeAll(async () => {
  const root = await TestAuthority.root();
  servers = new TestServers(await root.issueServer());
  proxy = await startTinyproxy();
});
afterEach(() => servers.close());
afterAll(() => proxy.stop());

/** The address of a server that is spoken to in clear. */
const inClear = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await servers.listen(createServer(listener))}/time?a=b`;

const echo: RequestListener = (request, response) => {
  void heard(request).then((body) => response.end(body));
};

const heard = async (request: IncomingMessage): Promise<Buffer> =>
  Buffer.concat((await request.toArray()) as Buffer[]);

test('a query reaches a server in clear as it is, and nothing else goes with it', async () => {
  const seen: IncomingMessage[] = [];
  const url = await inClear((request, response) => {
    seen.push(request);
    echo(request, response);
  });
  const { status, body } = await timestampExchange()(url, query, here);
  expect([status, Buffer.from(body)]).toEqual([200, query]);
  expect(seen).toMatchObject([{ method: 'POST', url: '/time?a=b' }]);
  expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(
    ['host', 'connection', 'content-type', 'accept', 'accept-encoding', 'content-length'].sort(),
  );
});

test('a server for which nobody vouches is asked by https as well: its answer is signed', async () => {
  const { body } = await timestampExchange()(`${await servers.serve(echo)}/`, query, here);
  expect(Buffer.from(body)).toEqual(query);
});

test.each(['http', 'https'] as const)('a server is asked by %s through a proxy', async (scheme) => {
  const url = scheme === 'http' ? await inClear(echo) : `${await servers.serve(echo)}/`;
  const exchange = timestampExchange({ routesFor: () => Promise.resolve([proxy.proxy]) });
  expect(Buffer.from((await exchange(url, query, here)).body)).toEqual(query);
  const { host } = new URL(url);
  expect(await proxy.passed(host)).toBe(1);
});

test('a server on this computer is not asked for an organisation elsewhere, whatever it is called', async () => {
  let asked = 0;
  const url = await inClear((_request, response) => {
    asked += 1;
    response.end();
  });
  const { port } = new URL(url);
  const tls = new URL(await servers.serve(echo)).port;
  const direct = timestampExchange();
  const proxied = timestampExchange({ routesFor: () => Promise.resolve([proxy.proxy]) });
  const urls = ['127.0.0.1', 'localhost', '[::ffff:7f00:1]', '0.0.0.0', '2130706433']
    .map((host) => `http://${host}:${port}/`)
    .concat(`https://localhost:${tls}/`);
  for (const each of urls) {
    for (const exchange of [direct, proxied]) {
      const refused = { code: 'http', reason: 'unreachable', sent: false };
      await expect(exchange(each, query), each).rejects.toMatchObject(refused);
    }
  }
  expect(asked).toBe(0);
});

test('a server that says nothing, too much or something else is given up', async () => {
  const silent = await inClear(() => undefined);
  await expect(timestampExchange({ timeout: 100 })(silent, query, here)).rejects.toMatchObject({
    reason: 'timeout',
  });
  const long = await inClear((_request, response) => response.end(Buffer.alloc(70_000)));
  await expect(timestampExchange()(long, query, here)).rejects.toMatchObject({
    reason: 'response-too-large',
  });
  const odd = await inClear((request) => request.socket.end('220 mail.example ESMTP\r\n'));
  await expect(timestampExchange()(odd, query, here)).rejects.toMatchObject({
    reason: 'response-malformed',
  });
  const signal = AbortSignal.abort(new Error('thought better of it'));
  await expect(timestampExchange()(silent, query, { ...here, signal })).rejects.toThrow(
    'thought better of it',
  );
});

test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://127.0.0.1/\r\nX: y'])(
  '%j is no address of a timestamp server',
  async (url) => {
    await expect((async () => timestampExchange()(url, query))()).rejects.toThrow(TypeError);
  },
);
