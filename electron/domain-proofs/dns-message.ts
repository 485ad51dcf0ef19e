import { DnsError } from './dns-error.ts';
import { encodeName, readName } from './dns-name.ts';

// Types, classes and codes by their numbers in IANA's registry "Domain Name System Parameters".
export const recordTypes = {
  ...{ A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28 },
  ...{ TSIG: 250, CAA: 257 },
} as const;
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const;
const opcodes = { query: 0, update: 5 } as const;
const rcodes = [
  ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'],
  ['YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'],
].flat();

export type RecordType = keyof typeof recordTypes;

export interface ResourceRecord {
  /** Lower case, without a dot at the end; the root is empty. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly data: Buffer;
}

/** A record as it stands in a message, where names in its data may be compressed. */
export interface ReceivedRecord extends ResourceRecord {
  readonly message: Buffer;
  readonly start: number;
  readonly dataStart: number;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  /** E.g. `NXDOMAIN`; `RCODE 12` for those without a name here. */
  readonly rcode: string;
  readonly question: { readonly name: string; readonly type: number } | undefined;
  readonly answers: readonly ReceivedRecord[];
  readonly authorities: readonly ReceivedRecord[];
  readonly additionals: readonly ReceivedRecord[];
}

export const uint16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

export const encodeRecord = (record: ResourceRecord): Buffer =>
  Buffer.concat([
    encodeName(record.name),
    uint16(record.type),
    uint16(record.class),
    uint32(record.ttl),
    uint16(record.data.length),
    record.data,
  ]);

/** RFC 1035 §4: one question, to a resolver or to an authoritative server. */
export const encodeQuery = (id: number, name: string, type: RecordType): Buffer =>
  Buffer.concat([
    // Recursion is asked for; servers that only know their own zones pass over it.
    ...[id, 0x0100, 1, 0, 0, 0].map(uint16),
    ...[encodeName(name), uint16(recordTypes[type]), uint16(classes.IN)],
  ]);

/** RFC 2136 §2: no prerequisites, one zone, the changes in their order. */
export const encodeUpdate = (
  id: number,
  zone: string,
  changes: readonly ResourceRecord[],
): Buffer =>
  Buffer.concat([
    ...[id, opcodes.update << 11, 1, 0, changes.length, 0].map(uint16),
    ...[encodeName(zone), uint16(recordTypes.SOA), uint16(classes.IN)],
    ...changes.map(encodeRecord),
  ]);

/** Throws `DnsError` for what is no whole DNS message. */
export function parseMessage(octets: Buffer): DnsMessage {
  if (octets.length < 12) throw malformed();
  const flags = octets.readUInt16BE(2);
  let at = 12;
  const questions = times(octets.readUInt16BE(4), () => {
    const { name, next } = readName(octets, at);
    if (next + 4 > octets.length) throw malformed();
    at = next + 4;
    return { name, type: octets.readUInt16BE(next) };
  });
  const section = (offset: number): readonly ReceivedRecord[] =>
    times(octets.readUInt16BE(offset), () => {
      const record = readRecord(octets, at);
      at = record.dataStart + record.data.length;
      return record;
    });
  const [answers, authorities, additionals] = [section(6), section(8), section(10)];
  if (at !== octets.length) throw malformed();
  const rcode = flags & 0x0f;
  return {
    id: octets.readUInt16BE(0),
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    rcode: rcodes[rcode] ?? `RCODE ${rcode}`,
    question: questions[0],
    answers,
    authorities,
    additionals,
  };
}

function readRecord(message: Buffer, start: number): ReceivedRecord {
  const { name, next } = readName(message, start);
  if (next + 10 > message.length) throw malformed();
  const dataStart = next + 10;
  const data = message.subarray(dataStart, dataStart + message.readUInt16BE(next + 8));
  if (data.length !== message.readUInt16BE(next + 8)) throw malformed();
  return {
    name,
    type: message.readUInt16BE(next),
    class: message.readUInt16BE(next + 2),
    ttl: message.readUInt32BE(next + 4),
    data,
    message,
    start,
    dataStart,
  };
}

/** The target of a CNAME or NS record, which may be compressed. */
export const nameIn = ({ message, dataStart }: ReceivedRecord): string =>
  readName(message, dataStart).name;

const times = <T>(count: number, make: () => T): readonly T[] =>
  Array.from({ length: count }, make);

const malformed = (): DnsError => new DnsError('malformed', 'reading a DNS message');
