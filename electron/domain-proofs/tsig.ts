import { createHmac, timingSafeEqual } from 'node:crypto';
import { DnsError } from './dns-error.ts';
import {
  classes,
  encodeRecord,
  parseMessage,
  recordTypes,
  uint16,
  type DnsMessage,
  type ReceivedRecord,
} from './dns-message.ts';
import { domainName, encodeName, readName } from './dns-name.ts';

/** RFC 8945 §6; the shorter ones are for nobody new. */
export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

const digests = {
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
} as const satisfies Record<TsigAlgorithm, string>;

/** RFC 8945 §10 recommends it: seconds that the clocks may be apart. */
const fudge = 300;

/** A key that a name server shares with us. Its secret cannot be read back, printed or serialised. */
export class TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly #secret: Buffer;

  /** `secret` is standard base64, as in the servers' own configurations. */
  constructor(key: { name: string; algorithm: TsigAlgorithm; secret: string }) {
    this.name = domainName(key.name);
    this.algorithm = key.algorithm;
    this.#secret = Buffer.from(key.secret, 'base64');
    if (this.#secret.length === 0 || this.#secret.toString('base64') !== key.secret.trim()) {
      throw new DnsError('key-wrong', 'reading the secret of a TSIG key');
    }
  }

  mac(...parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac(digests[this.algorithm], this.#secret);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  }
}

interface Tsig {
  readonly algorithm: string;
  readonly timeSigned: number;
  readonly fudge: number;
  readonly mac: Buffer;
  readonly originalId: number;
  readonly error: number;
  readonly other: Buffer;
}

export interface SignedMessage {
  readonly octets: Buffer;
  /** Goes into the signature of the answer (RFC 8945 §5.3.1). */
  readonly mac: Buffer;
}

/** RFC 8945 §5.1: adds the TSIG record to a message that has no additional records yet. */
export function signMessage(message: Buffer, key: TsigKey, now: Date): SignedMessage {
  const unsigned = {
    algorithm: key.algorithm,
    timeSigned: Math.floor(now.getTime() / 1000),
    fudge,
    originalId: message.readUInt16BE(0),
    error: 0,
    other: Buffer.alloc(0),
  };
  const mac = key.mac(message, variables(key, unsigned));
  const record = encodeRecord({
    name: key.name,
    type: recordTypes.TSIG,
    class: classes.ANY,
    ttl: 0,
    data: encodeTsig({ ...unsigned, mac }),
  });
  return { octets: withAdditionals(Buffer.concat([message, record]), 1), mac };
}

const errors = { BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

/**
 * RFC 8945 §5.4: the answer, when its signature is the server's. Throws `DnsError` with `unsigned` when it proves
 * nothing, and with `key-unknown`, `key-wrong` or `clock` when the server says what it has against our signature.
 */
export function verifyAnswer(
  octets: Buffer,
  { key, requestMac, now }: { key: TsigKey; requestMac: Buffer; now: Date },
): DnsMessage {
  const doing = 'checking the signature of an answer';
  const message = parseMessage(octets);
  const record = message.additionals.at(-1);
  if (record?.type !== recordTypes.TSIG) throw new DnsError('unsigned', doing, because(message));
  const tsig = readTsig(record);
  // RFC 8945 §5.3.2: these two answers cannot be signed.
  if (tsig.error === errors.BADKEY) throw new DnsError('key-unknown', doing);
  if (tsig.error === errors.BADSIG || tsig.error === errors.BADTRUNC) {
    throw new DnsError('key-wrong', doing);
  }
  const signed = withAdditionals(octets.subarray(0, record.start), message.additionals.length - 1);
  signed.writeUInt16BE(tsig.originalId, 0);
  const expected = key.mac(uint16(requestMac.length), requestMac, signed, variables(key, tsig));
  const genuine =
    record.name === key.name &&
    record.class === classes.ANY &&
    record.ttl === 0 &&
    tsig.algorithm === key.algorithm &&
    // §5.2.2.1 would let a signature be cut short; nobody asked for that.
    tsig.mac.length === expected.length &&
    timingSafeEqual(tsig.mac, expected);
  if (!genuine) throw new DnsError('unsigned', doing);
  const seconds = now.getTime() / 1000;
  if (tsig.error === errors.BADTIME) throw clockError(tsig.other, seconds);
  if (tsig.error !== 0) throw new DnsError('key-wrong', doing);
  if (Math.abs(tsig.timeSigned - seconds) > tsig.fudge) {
    throw new DnsError('clock', doing, { clockDifference: Math.round(tsig.timeSigned - seconds) });
  }
  return message;
}

/** An unsigned refusal is worth telling, although it may be anybody's. */
const because = ({ rcode }: DnsMessage): { rcode?: string } =>
  rcode === 'NOERROR' ? {} : { rcode };

/** RFC 8945 §5.2.3: the server's time is in the answer. */
function clockError(other: Buffer, now: number): DnsError {
  const doing = 'asking with a signature';
  if (other.length !== 6) return new DnsError('clock', doing);
  return new DnsError('clock', doing, {
    clockDifference: Math.round(other.readUIntBE(0, 6) - now),
  });
}

/** RFC 8945 §4.3.3. */
const variables = (key: TsigKey, tsig: Omit<Tsig, 'mac' | 'originalId'>): Buffer =>
  Buffer.concat([
    encodeName(key.name),
    uint16(classes.ANY),
    Buffer.alloc(4),
    encodeName(key.algorithm),
    uint48(tsig.timeSigned),
    ...[tsig.fudge, tsig.error, tsig.other.length].map(uint16),
    tsig.other,
  ]);

/** RFC 8945 §4.2. */
const encodeTsig = (tsig: Tsig): Buffer =>
  Buffer.concat([
    encodeName(tsig.algorithm),
    uint48(tsig.timeSigned),
    ...[tsig.fudge, tsig.mac.length].map(uint16),
    tsig.mac,
    ...[tsig.originalId, tsig.error, tsig.other.length].map(uint16),
    tsig.other,
  ]);

function readTsig({ message, dataStart, data }: ReceivedRecord): Tsig {
  const { name, next } = readName(message, dataStart);
  const fields = message.subarray(next, dataStart + data.length);
  const macLength = fields.length < 10 ? 0 : fields.readUInt16BE(8);
  const rest = fields.subarray(10 + macLength);
  const otherLength = rest.length < 6 ? 0 : rest.readUInt16BE(4);
  if (fields.length < 10 || rest.length < 6 || rest.length !== 6 + otherLength) {
    throw new DnsError('malformed', 'reading a TSIG record');
  }
  return {
    algorithm: name,
    timeSigned: fields.readUIntBE(0, 6),
    fudge: fields.readUInt16BE(6),
    mac: fields.subarray(10, 10 + macLength),
    originalId: rest.readUInt16BE(0),
    error: rest.readUInt16BE(2),
    other: rest.subarray(6),
  };
}

function uint48(value: number): Buffer {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(value, 0, 6);
  return octets;
}

function withAdditionals(message: Buffer, count: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(count, 10);
  return copy;
}
