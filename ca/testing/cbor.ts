/** What authenticators write in CBOR (CTAP 2.2 §8: canonical form). The order of a map is the caller's. */
export type Cbor =
  number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>;

export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([head(3, text.length), text]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (isList(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
  const entries = [...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

// Array.isArray does not narrow readonly arrays.
function isList(value: Cbor): value is readonly Cbor[] {
  return Array.isArray(value);
}

/** RFC 8949 §3: a major type with its argument, in the fewest octets. */
function head(majorType: number, argument: number): Buffer {
  const first = majorType << 5;
  if (argument < 24) return Buffer.from([first | argument]);
  if (argument < 256) return Buffer.from([first | 24, argument]);
  if (argument < 65_536) return Buffer.from([first | 25, argument >> 8, argument & 255]);
  const long = Buffer.alloc(5);
  long.writeUInt8(first | 26);
  long.writeUInt32BE(argument, 1);
  return long;
}
