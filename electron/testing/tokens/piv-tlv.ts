/** BER-TLV as PIV uses it: tags of up to three octets, lengths below 65536. */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents);
  const digits = tag.toString(16);
  const tagOctets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([tagOctets, lengthOctets(value.length), value]);
}

/** Throws `RangeError` when the octets end too early. */
export function readTlvs(octets: Buffer): readonly Tlv[] {
  const found: Tlv[] = [];
  for (let offset = 0; offset < octets.length;) {
    const tag = readTag(octets, offset);
    const length = readLength(octets, tag.end);
    const end = length.end + length.value;
    if (end > octets.length) throw new RangeError('a TLV is longer than what holds it');
    found.push({ tag: tag.value, value: octets.subarray(length.end, end) });
    offset = end;
  }
  return found;
}

/** The value behind the first such tag. */
export function valueOf(tag: number, tlvs: readonly Tlv[]): Buffer | undefined {
  return tlvs.find((each) => each.tag === tag)?.value;
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

function readTag(octets: Buffer, offset: number): { value: number; end: number } {
  let end = offset;
  let value = octets.readUInt8(end++);
  if ((value & 0x1f) !== 0x1f) return { value, end };
  let next;
  do {
    next = octets.readUInt8(end++);
    value = value * 0x100 + next;
  } while ((next & 0x80) !== 0);
  return { value, end };
}

function readLength(octets: Buffer, offset: number): { value: number; end: number } {
  const first = octets.readUInt8(offset);
  if (first < 0x80) return { value: first, end: offset + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 2) throw new RangeError('a length has a form that PIV does not use');
  return { value: octets.readUIntBE(offset + 1, count), end: offset + 1 + count };
}
