import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DnsClient } from './dns-client.ts';
import { classes, encodeRecord, parseMessage, recordTypes, uint16 } from './dns-message.ts';
import { encodeName } from './dns-name.ts';
import type { DnsServer } from './dns-transport.ts';
import { Visibility } from './visibility.ts';
import { serversOf } from './zone-servers.ts';

type Address = readonly ['A' | 'AAAA', ...octets: number[]];

let socket: Socket;
let resolver: DnsServer;
/** The names that the zone says its servers have. */
let names: readonly string[];
let addressesOf: (name: string) => readonly Address[];
let asked: string[];
let waiting: number;
let mostWaiting: number;

const zeros = (count: number): readonly number[] => Array.from({ length: count }, () => 0);
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_each, index) => `ns${index}.example.test`);

/** A resolver that takes its time, and repeats what a stranger has written into a zone. */
beforeEach(async () => {
  [names, asked, waiting, mostWaiting] = [[], [], 0, 0];
  addressesOf = (name) => [['A', 192, 0, 2, Number(/\d+/.exec(name)?.[0] ?? 0) % 256]];
  socket = createSocket('udp4').bind(0, '127.0.0.1');
  socket.on('message', (question, from) => {
    waiting += 1;
    mostWaiting = Math.max(mostWaiting, waiting);
    setTimeout(() => {
      waiting -= 1;
      socket.send(answerTo(question), from.port, from.address);
    }, 30);
  });
  await once(socket, 'listening');
  resolver = { host: '127.0.0.1', port: socket.address().port };
});
afterEach(() => socket.close());

function answerTo(octets: Buffer): Buffer {
  const { name = '', type } = parseMessage(octets).question ?? {};
  asked.push(name);
  const all =
    type === recordTypes.NS
      ? names.map((host) => ({ type: recordTypes.NS, data: encodeName(host) }))
      : addressesOf(name).map(([kind, ...data]) => ({
          type: recordTypes[kind],
          data: Buffer.from(data),
        }));
  const records = all
    .filter((record) => record.type === type)
    .map((record) => encodeRecord({ name, class: classes.IN, ttl: 60, ...record }));
  const message = Buffer.concat([octets, ...records]);
  message.writeUInt16BE(0x8400, 2);
  uint16(records.length).copy(message, 6);
  return message;
}

const find = (leadsHome?: boolean) =>
  serversOf({ dns: new DnsClient({ timeout: 9_000 }), resolver, leadsHome }, 'example.test');
const hosts = async (leadsHome?: boolean) => (await find(leadsHome)).map(({ host }) => host);

describe('the servers that a zone names', () => {
  test('are found by their names', async () => {
    names = ['ns1.example.test', 'ns2.example.test'];
    addressesOf = (name) =>
      name.startsWith('ns1')
        ? [['A', 192, 0, 2, 1]]
        : [['AAAA', 0x20, 0x01, 0x0d, 0xb8, ...zeros(11), 1]];
    expect(await find()).toEqual([
      { host: '192.0.2.1', port: 53 },
      { host: '2001:0db8:0000:0000:0000:0000:0000:0001', port: 53 },
    ]);
  });

  test('are thirteen, however many it names, and looked for a few at a time', async () => {
    names = numbered(1_000);
    expect(await find()).toHaveLength(13);
    expect(asked).toHaveLength(14);
    expect(mostWaiting).toBeLessThanOrEqual(4);
  });

  test('are looked for no longer when they have no addresses', async () => {
    names = numbered(1_000);
    addressesOf = () => [];
    expect(await find()).toEqual([]);
    expect(asked).toHaveLength(27);
  });

  test('are counted once when they are one', async () => {
    names = [...numbered(3), ...numbered(3)];
    addressesOf = () => [['A', 192, 0, 2, 1]];
    expect(await hosts()).toEqual(['192.0.2.1']);
    expect(asked).toHaveLength(4);
  });

  test.each<[string, Address]>([
    ['127.0.0.1', ['A', 127, 0, 0, 1]],
    ['0.0.0.0', ['A', 0, 0, 0, 0]],
    ['169.254.169.254', ['A', 169, 254, 169, 254]],
    ['::1', ['AAAA', ...zeros(15), 1]],
    ['fe80::1', ['AAAA', 0xfe, 0x80, ...zeros(13), 1]],
    ['::ffff:127.0.0.1', ['AAAA', ...zeros(10), 255, 255, 127, 0, 0, 1]],
  ])('are not asked at %s, which is here, unless that was agreed', async (_name, here) => {
    names = ['ns.example.test'];
    addressesOf = () => [here];
    expect(await hosts()).toEqual([]);
    expect(await hosts(true)).toHaveLength(1);
    addressesOf = () => [here, ['A', 192, 0, 2, 1]];
    expect(await hosts()).toEqual(['192.0.2.1']);
  });

  test('are asked for a record a few at a time', async () => {
    const authorities = Array.from({ length: 13 }, () => resolver);
    const visibility = new Visibility({ dns: new DnsClient(), resolvers: [], authorities });
    const record = { name: 'a.example.test', type: 'TXT', value: 'ours', ttl: 60 } as const;
    expect(await visibility.lookAt(record)).toEqual({ seen: 'nothing' });
    expect(mostWaiting).toBeLessThanOrEqual(4);
  });
});
