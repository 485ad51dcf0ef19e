/**
 * DER (X.690), as much of it as certificates need. Written here and not taken from a library that clients
 * use too: a bug shared by both sides would go unseen.
 */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export class DerError extends Error {
  readonly code = 'malformedDer';
}

export function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), encodeLength(content.length), content]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.of(0x80 | bytes.length, ...bytes);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(tags.sequence, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return encode(tags.set, ...parts);
}

/** A context-specific tag around whole elements, `[number] EXPLICIT`. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return encode(0xa0 | number, ...parts);
}

/** A context-specific tag in place of a primitive one, `[number] IMPLICIT`. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 | number, content);
}

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const trimmed = bytes.subarray(start);
  const signed = (trimmed[0] ?? 0) >= 0x80 ? [Buffer.of(0), trimmed] : [trimmed];
  return encode(tags.integer, ...signed);
}

export function smallInteger(value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(value, 0, 6);
  return integer(bytes);
}

export function boolean(value: boolean): Buffer {
  return encode(tags.boolean, Buffer.of(value ? 0xff : 0));
}

export function octetString(content: Uint8Array): Buffer {
  return encode(tags.octetString, content);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return encode(tags.bitString, Buffer.of(unusedBits), content);
}

export function utf8String(text: string): Buffer {
  return encode(tags.utf8String, Buffer.from(text, 'utf8'));
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(
    tags.objectIdentifier,
    Buffer.from([first * 40 + second, ...rest].flatMap(base128)),
  );
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) | 0x80);
  }
  return bytes;
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; whole seconds. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? encode(tags.utcTime, Buffer.from(digits.slice(2), 'ascii'))
    : encode(tags.generalizedTime, Buffer.from(digits, 'ascii'));
}

/** RFC 5280 §4.1.2.5: UTCTime or GeneralizedTime, in UTC, to the second. */
export function readTime(element: Element | undefined): Date {
  if (element === undefined) throw new DerError('a time is missing');
  const short = element.tag === tags.utcTime;
  if (!short) expectTag(element, tags.generalizedTime);
  const text = element.content.toString('latin1');
  if (!(short ? /^\d{12}Z$/ : /^\d{14}Z$/).test(text)) throw new DerError('a malformed time');
  const century = Number(text.slice(0, 2)) < 50 ? '20' : '19';
  const digits = short ? century + text : text;
  const iso = digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  const date = new Date(iso);
  // `Date` moves the 31st of a short month into the next.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso)
    throw new DerError('no such time');
  return date;
}

export function readBoolean(element: Element): boolean {
  const { content } = expectTag(element, tags.boolean);
  const [value] = content;
  // X.690 §11.1. Other octets mean TRUE elsewhere: an extension that is critical must not seem not to be.
  if (content.length !== 1 || (value !== 0 && value !== 0xff)) {
    throw new DerError('a malformed truth value');
  }
  return value === 0xff;
}

/** A number from 0 to 2^31 - 1. */
export function readSmallInteger(element: Element | undefined): number {
  const { content } = expectTag(element, tags.integer);
  if (content.length === 0 || content.length > 4 || (content[0] ?? 0x80) >= 0x80) {
    throw new DerError('a number out of range');
  }
  return content.readUIntBE(0, content.length);
}

export type Element = {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly raw: Buffer;
};

/** The elements that stand one after another in `bytes`, to its end. */
export function readAll(bytes: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const element = readFirst(rest);
    elements.push(element);
    rest = rest.subarray(element.raw.length);
  }
  return elements;
}

/** The single element of which `bytes` consists. */
export function readSingle(bytes: Buffer, tag: number): Element {
  const element = readFirst(bytes);
  if (element.raw.length !== bytes.length) throw new DerError('bytes follow the element');
  return expectTag(element, tag);
}

export function expectTag(element: Element | undefined, tag: number): Element {
  if (element === undefined) throw new DerError('an element is missing');
  if (element.tag !== tag) {
    throw new DerError(`tag ${element.tag.toString(16)} in place of ${tag.toString(16)}`);
  }
  return element;
}

function readFirst(bytes: Buffer): Element {
  const tag = bytes[0];
  if (tag === undefined) throw new DerError('an element is missing');
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of more than one byte');
  const { length, start } = readLength(bytes);
  const end = start + length;
  if (end > bytes.length) throw new DerError('an element is longer than what holds it');
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(0, end) };
}

function readLength(bytes: Buffer): { length: number; start: number } {
  const first = bytes[1];
  if (first === undefined) throw new DerError('a length is missing');
  if (first < 0x80) return { length: first, start: 2 };
  const count = first & 0x7f;
  // X.690 §10.1: definite form only, in the fewest octets. Four are more than any request may have.
  if (count === 0 || count > 4 || bytes.length < 2 + count) throw new DerError('a bad length');
  const length = bytes.readUIntBE(2, count);
  if (length < 0x80 || (count > 1 && bytes[2] === 0)) throw new DerError('a length too wide');
  return { length, start: 2 + count };
}

export function readObjectIdentifier(element: Element | undefined): string {
  const { content } = expectTag(element, tags.objectIdentifier);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw new DerError('an arc too large');
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if ((content.at(-1) ?? 0x80) >= 0x80) throw new DerError('a truncated object identifier');
  const [head = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...rest].join('.');
}

/** The bytes of a bit string that ends on a whole byte. */
export function readBitString(element: Element | undefined): Buffer {
  const { content } = expectTag(element, tags.bitString);
  if (content[0] !== 0) throw new DerError('a bit string that is no whole number of bytes');
  return content.subarray(1);
}
