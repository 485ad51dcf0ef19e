import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type CaaData = {
  readonly tag: string;
  readonly value: string;
  readonly critical?: boolean;
};

export type DnsServer = {
  /** `address:port`. */
  readonly address: string;
  readonly texts: Map<string, readonly (readonly string[])[]>;
  readonly addresses: Map<string, string>;
  readonly caa: Map<string, readonly CaaData[]>;
  /** Names about which the server says that it failed. */
  readonly failing: Set<string>;
  /** Every question, as `name type`. */
  readonly asked: string[];
  /** Answers no question until what it returns is called. */
  hold(): () => void;
  close(): Promise<void>;
};

const TXT = 16;
const A = 1;
const CAA = 257;
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** A name server (RFC 1035) for one loopback test: TXT, A and CAA records, all else does not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const texts: DnsServer['texts'] = new Map();
  const addresses: DnsServer['addresses'] = new Map();
  const caa: DnsServer['caa'] = new Map();
  const failing: DnsServer['failing'] = new Set();
  const asked: string[] = [];
  let held = Promise.resolve();
  const dataFor = (name: string, type: number): readonly Buffer[] => {
    const address = addresses.get(name);
    if (type === TXT) return (texts.get(name) ?? []).map(encodeStrings);
    if (type === CAA) return (caa.get(name) ?? []).map(encodeCaa);
    return type === A && address !== undefined ? [Buffer.from(address.split('.').map(Number))] : [];
  };
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${name} ${type}`);
    const data = dataFor(name, type);
    const code = failing.has(name) ? SERVFAIL : data.length > 0 ? 0 : NXDOMAIN;
    const answer = reply(query.subarray(0, end), { type, code, data });
    void held.then(() => socket.send(answer, peer.port, peer.address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    texts,
    addresses,
    caa,
    failing,
    asked,
    hold() {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      held = promise.then(() => undefined);
      return () => resolve(undefined);
    },
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

/** RFC 8659 §4.1. */
function encodeCaa({ tag, value, critical = false }: CaaData): Buffer {
  const flags = Buffer.of(critical ? 128 : 0, tag.length);
  return Buffer.concat([flags, Buffer.from(tag), Buffer.from(value)]);
}

type Answer = { readonly type: number; readonly code: number; readonly data: readonly Buffer[] };

function reply(question: Buffer, { type, code, data }: Answer): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180 | code, 2);
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
