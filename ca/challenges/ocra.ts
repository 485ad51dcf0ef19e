import { createHash, createHmac } from 'node:crypto';

/** The suites that people can be registered with: a number of 8 digits is the question. */
export const ocraSuites = ['OCRA-1:HOTP-SHA1-6:QN08', 'OCRA-1:HOTP-SHA256-8:QN08'] as const;

export type OcraSuite = (typeof ocraSuites)[number];

/** How many octets of key go with a suite (RFC 6287 §6.1: as many as the hash has). */
export const ocraKeyLengths: Readonly<Record<OcraSuite, number>> = {
  'OCRA-1:HOTP-SHA1-6:QN08': 20,
  'OCRA-1:HOTP-SHA256-8:QN08': 32,
};

export type OcraInput = {
  /** RFC 6287 §6: a CryptoFunction and, of the data inputs, C, QN08, PSHA1 and T. */
  readonly suite: string;
  readonly key: Buffer;
  /** Decimal. */
  readonly question: string;
  readonly counter?: bigint;
  readonly pin?: string;
  /** Time steps since 1970. */
  readonly time?: bigint;
};

/** The response to a question (RFC 6287 §5.2). Throws RangeError for a suite that is not of this kind. */
export function ocraResponse({ suite, key, question, counter, pin, time }: OcraInput): string {
  const { hash, digits } = functionOf(suite);
  const message = Buffer.concat([
    Buffer.from(suite),
    Buffer.of(0),
    ...(counter === undefined ? [] : [eightOctets(counter)]),
    questionOctets(question),
    ...(pin === undefined ? [] : [createHash('sha1').update(pin).digest()]),
    ...(time === undefined ? [] : [eightOctets(time)]),
  ]);
  const digest = createHmac(hash, key).update(message).digest();
  // RFC 4226 §5.3.
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const value = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

function functionOf(suite: string): { readonly hash: string; readonly digits: number } {
  const shape = /^OCRA-1:HOTP-(SHA1|SHA256|SHA512)-([4-9]|10):(C-)?QN08(-PSHA1)?(-T1M)?$/;
  const [, hash, digits] = shape.exec(suite) ?? [];
  if (hash === undefined) throw new RangeError('this OCRA suite is not supported');
  return { hash: hash.toLowerCase(), digits: Number(digits) };
}

/** RFC 6287 §5.1: the number in hexadecimal, from the left, in 128 octets. */
function questionOctets(question: string): Buffer {
  return Buffer.from(BigInt(question).toString(16).padEnd(256, '0'), 'hex');
}

function eightOctets(value: bigint): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(value);
  return octets;
}
