import { implicit, objectIdentifier, sequence, setOf, utf8String } from '../../certificates/der.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const tagged = (tag: number, content: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.of(tag), implicit(0, Buffer.from(content)).subarray(1)]);

/** Sequences in sequences, each with a right length. */
function nested(depth: number): Buffer {
  // From the inside; the lengths are known then, and copying would take quadratic time.
  const headers: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < depth; level += 1) {
    const size = length < 128 ? 0 : length < 256 ? 1 : length < 65_536 ? 2 : 3;
    const header = Buffer.alloc(2 + size, 0x30);
    header[1] = size === 0 ? length : 0x80 + size;
    if (size > 0) header.writeUIntBE(length, 2, size);
    headers.push(header);
    length += header.length;
  }
  return Buffer.concat(headers.reverse());
}

/** Octets with which DER is attacked (X.690); the names say what is wrong with them. */
export const hostileDer: readonly (readonly [name: string, octets: Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['a tag alone', hex('30')],
  ['an empty sequence', hex('30 00')],
  ['an indefinite length', hex('30 80 02 01 01 00 00')],
  ['indefinite lengths only', Buffer.from('3080'.repeat(100_000), 'hex')],
  ['a length of 2^31 - 1', hex('30 84 7f ff ff ff 00')],
  ['a length of 2^31', hex('30 84 80 00 00 00 00')],
  ['a length of 2^32 - 1', hex('30 84 ff ff ff ff 00')],
  ['a length of five octets', hex('30 85 01 00 00 00 00 00')],
  ['a length of 126 octets', Buffer.concat([hex('30 fe'), Buffer.alloc(200, 1)])],
  ['the reserved length', hex('30 ff 00')],
  ['a length in more octets than it needs', hex('30 81 01 00')],
  ['a length with leading zeros', hex('30 84 00 00 00 01 00')],
  ['a long length for a short value', hex('30 82 00 7f')],
  ['a member that is longer than the whole', hex('30 03 02 05 01')],
  ['something after the end', hex('30 00 00')],
  ['a tag of several octets', hex('3f 81 01 00')],
  ['a sequence that is not constructed', hex('10 00')],
  ['a constructed integer', hex('22 03 02 01 01')],
  ['ten thousand sequences in one another', nested(10_000)],
  ['two hundred thousand sequences in one another', nested(200_000)],
  ['many empty members', tagged(0x30, Buffer.alloc(1_000_000).fill(hex('05 00')))],
  ['a megabyte of tags', Buffer.alloc(1_000_000, 0x30)],
];

/** Times that are none (RFC 5280 §4.1.2.5), with the tag that they stand under. */
export const hostileTimes: readonly Buffer[] = [
  ...[
    '000000000000Z',
    '991301000000Z',
    '260230000000Z',
    '260101240000Z',
    '260101006000Z',
    '260101000060Z',
    '2601010000Z',
    '260101000000',
    '260101000000+0100',
    '-60101000000Z',
    '26 101000000Z',
    '260101000000Z\0',
    '٢٦٠١٠١٠٠٠٠٠٠Z',
    '',
  ].map((text) => tagged(0x17, text)),
  ...[
    '00000000000000Z',
    '99999999999999Z',
    '20260230000000Z',
    '20261301000000Z',
    '20260101000000.5Z',
    '20260101000000+0000',
    '202601010000Z',
    '120260101000000Z',
    '2026-01-01T00:00:00Z',
    '',
  ].map((text) => tagged(0x18, text)),
  hex('02 01 01'),
];

/** Object identifiers that are none (X.690 §8.19). */
export const hostileIdentifiers: readonly Buffer[] = [
  hex('06 00'),
  hex('06 01 80'),
  hex('06 02 2a 80'),
  hex('06 03 80 01 01'),
  hex('06 03 2a 80 01'),
  tagged(0x06, Buffer.concat([hex('2a'), Buffer.alloc(40, 0xff), hex('7f')])),
  tagged(0x06, Buffer.alloc(100_000, 0xff)),
  hex('02 01 2a'),
];

/** Object identifiers with arcs that are large, and fine. */
export const largeIdentifiers: readonly (readonly [Buffer, string])[] = [
  [
    objectIdentifier('2.25.340282366920938463463374607431768211455'),
    '2.25.340282366920938463463374607431768211455',
  ],
  [hex('06 0a 82 ff ff ff ff ff ff ff ff 7f'), '2.27670116110564327343'],
  [tagged(0x06, Buffer.concat([hex('2a'), Buffer.alloc(1_000, 0x01)])), `1.2${'.1'.repeat(1_000)}`],
];

/** Names that are odd and still names (RFC 5280 §4.1.2.4), or that are none. */
export const hostileNames: readonly Buffer[] = [
  sequence(),
  sequence(setOf()),
  sequence(setOf(sequence())),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3')))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String('a'), utf8String('b')))),
  sequence(sequence(objectIdentifier('2.5.4.3'), utf8String('a'))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), tagged(0x0c, hex('ff fe'))))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), tagged(0x1e, hex('d8 00 00'))))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), tagged(0x1e, hex('d8 00'))))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), tagged(0x1c, hex('00 11 00 00'))))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String('\0\u202e,+"\\<>;= # ')))),
  sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String('x'.repeat(1_000_000))))),
  sequence(
    ...Array.from({ length: 10_000 }, () =>
      setOf(sequence(objectIdentifier('2.5.4.3'), utf8String('a'))),
    ),
  ),
];
