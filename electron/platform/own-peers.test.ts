import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ownerIn, ownPeers } from './own-peers.ts';

// As Linux on a little-endian machine prints it.
const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';
const row = (local: string, remote: string, user: number): string =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${user}        0 4711 1`;
const ends = { peerPort: 0xabcd, ownPort: 80 };

describe('ownerIn', () => {
  it.each([
    ['an IPv4 socket', '0100007F'],
    ['an IPv6 socket with an IPv4 address', '0000000000000000FFFF00000100007F'],
  ])('says whose the other end of a connection is: %s', (_title, address) => {
    const table = [head, row(`${address}:ABCD`, `${address}:0050`, 1000), ''].join('\n');
    expect(ownerIn(table, ends)).toBe(1000);
  });

  it('believes no other row', () => {
    const rows = [
      row('0100007F:0050', '0100007F:ABCD', 1),
      row('0200007F:ABCD', '0100007F:0050', 2),
      row('0100007F:ABCD', '0200007F:0050', 3),
      row('0100007F:ABCE', '0100007F:0050', 4),
      'junk',
    ];
    expect(ownerIn([head, ...rows].join('\n'), ends)).toBeUndefined();
    expect(ownerIn('', ends)).toBeUndefined();
  });
});

it.runIf(process.platform === 'linux')('knows a connection of its own', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect(port, '127.0.0.1');
  const { remotePort = 0 } = await accepted;
  const isOwn = ownPeers();
  expect(await isOwn?.({ peerPort: remotePort, ownPort: port })).toBe(true);
  expect(await isOwn?.({ peerPort: remotePort, ownPort: port === 1 ? 2 : 1 })).toBe(false);
  client.destroy();
  (await accepted).destroy();
  server.close();
});
