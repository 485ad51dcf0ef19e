import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type DnsServer = {
  /** `address:port`. */
  readonly address: string;
  readonly texts: Map<string, readonly (readonly string[])[]>;
  readonly addresses: Map<string, string>;
  close(): Promise<void>;
};

const TXT = 16;
const A = 1;

/** A name server (RFC 1035) for one loopback test: TXT and A records, all else does not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const texts: DnsServer['texts'] = new Map();
  const addresses: DnsServer['addresses'] = new Map();
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    const data =
      type === TXT
        ? (texts.get(name) ?? []).map(encodeStrings)
        : type === A && addresses.has(name)
          ? [Buffer.from((addresses.get(name) ?? '').split('.').map(Number))]
          : [];
    socket.send(reply(query.subarray(0, end), type, data), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    texts,
    addresses,
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let offset = 12;
  for (let length = query.readUInt8(offset); length > 0; length = query.readUInt8(offset)) {
    labels.push(query.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  return { name, type: query.readUInt16BE(offset + 1), end: offset + 5 };
}

function encodeStrings(strings: readonly string[]): Buffer {
  return Buffer.concat(
    strings.map((text) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)])),
  );
}

function reply(question: Buffer, type: number, data: readonly Buffer[]): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(data.length > 0 ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(data.length, 6);
  header.writeUInt32BE(0, 8);
  const records = data.map((bytes) => {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, ...records]);
}
