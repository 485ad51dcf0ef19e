import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConnection, openPlainConnection } from './open-connection.ts';
import { leadsBack } from './own-address.ts';
import { direct } from './route.ts';

let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
});
afterAll(() => server.close());

// No address to Node, so that it is looked up as names are; getaddrinfo(3) takes it for 127.0.0.1.
const host = '127.1';
const way = () => ({
  ...{ authority: host, routes: [direct], signal: AbortSignal.timeout(5_000) },
  trustInProxies: () => {
    throw new Error('there is no proxy');
  },
});

test('no connection is made to where a name must not lead', async () => {
  const peer = { host, port, refuses: leadsBack };
  const refused = { code: 'http', reason: 'unreachable', sent: false };
  await expect(openPlainConnection({ ...way(), peer })).rejects.toMatchObject(refused);
  const tls = { ...peer, trust: undefined, protocols: ['http/1.1'] };
  await expect(openConnection({ ...way(), peer: tls })).rejects.toMatchObject(refused);
  expect(connections).toBe(0);
  // The same name, where it may lead anywhere.
  const socket = await openPlainConnection({ ...way(), peer: { host, port } });
  socket.destroy();
  await expect.poll(() => connections).toBe(1);
});
