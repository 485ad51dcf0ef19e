// DER (X.690) of the few types that requests, key containers and signatures are made of.

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** X.690 §8.1.3: lengths from 128 on are themselves counted. */
function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

function encode(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

export const sequence = (...members: readonly Uint8Array[]): Buffer =>
  encode(tags.sequence, Buffer.concat(members));

/** X.690 §11.6: the members of a set-of stand in ascending order. */
export const setOf = (...members: readonly Uint8Array[]): Buffer =>
  encode(tags.set, Buffer.concat([...members].sort((left, right) => Buffer.compare(left, right))));

export const octetString = (octets: Uint8Array): Buffer => encode(tags.octetString, octets);

/** X.690 §11.1; the other value is the default wherever we write one, and is left out (§11.5). */
export const booleanTrue = (): Buffer => encode(tags.boolean, Buffer.from([0xff]));

/** X.690 §8.6: the last `unused` bits of the octets do not count. */
export const bitString = (octets: Uint8Array, unused = 0): Buffer =>
  encode(tags.bitString, Buffer.concat([Buffer.from([unused]), octets]));

/** X.690 §11.7, to the second. */
export const generalizedTime = (time: Date): Buffer =>
  encode(tags.generalizedTime, Buffer.from(`${digitsOf(time)}Z`));

const digitsOf = (time: Date): string => time.toISOString().replaceAll(/[-:T]|\..*/g, '');

/** RFC 5652 §11.3, RFC 5280 §4.1.2.5.1: for the years 1950 to 2049. */
export const utcTime = (time: Date): Buffer =>
  encode(tags.utcTime, Buffer.from(`${digitsOf(time).slice(2)}Z`));

export const nullValue = (): Buffer => encode(tags.null, new Uint8Array());

export const utf8String = (text: string): Buffer => encode(tags.utf8String, Buffer.from(text));

/** UCS-2, big endian (X.690 §8.23.8). */
export const bmpString = (text: string): Buffer => encode(tags.bmpString, bigEndianUcs2(text));

export const bigEndianUcs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/** Not negative. */
export function integer(value: number): Buffer {
  const octets: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return unsignedInteger(Uint8Array.from(octets));
}

/** A number that is not negative, by its octets. */
export function unsignedInteger(octets: Uint8Array): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const least = first === -1 ? Uint8Array.of(0) : octets.subarray(first);
  // X.690 §8.3.3: the highest bit is the sign.
  return encode(tags.integer, (least[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...least) : least);
}

/** X.690 §8.19; the text is dotted decimal. */
export function objectIdentifier(text: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = text.split('.').map(BigInt);
  const arcs = [first * 40n + second, ...rest];
  return encode(tags.objectIdentifier, Buffer.from(arcs.flatMap(base128)));
}

function base128(arc: bigint): readonly number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

/** A context tag around a whole value. */
export const explicit = (tag: number, value: Uint8Array): Buffer => encode(0xa0 | tag, value);

/** A context tag in place of a constructed value's own. */
export const implicitConstructed = (tag: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0xa0 | tag), value.subarray(1)]);

/** A context tag in place of a primitive value's own. */
export const implicit = (tag: number, content: Uint8Array): Buffer => encode(0x80 | tag, content);
