/** One value of DER (X.690 §8), of those that certificates and CMS are made of. */
export type Value = {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly raw: Buffer;
};

export const tags = {
  ...{ integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06 },
  ...{ utf8: 0x0c, sequence: 0x30, set: 0x31 },
} as const;

/** What cannot be read. */
export class DerError extends Error {
  readonly code = 'der';
}

/** The values that stand one after the other. Throws DerError. */
export function readAll(octets: Buffer): readonly Value[] {
  const values: Value[] = [];
  for (let at = 0; at < octets.length;) {
    const value = readAt(octets, at);
    values.push(value);
    at += value.raw.length;
  }
  return values;
}

function readAt(octets: Buffer, at: number): Value {
  const [tag, first] = [octets[at], octets[at + 1]];
  if (tag === undefined || first === undefined) throw new DerError('it is cut short');
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 4) throw new DerError('a length is none of DER');
  const begin = at + 2 + more;
  const length = more === 0 ? first : octets.subarray(at + 2, begin).readUIntBE(0, more);
  if (begin + length > octets.length) throw new DerError('it is cut short');
  return {
    tag,
    content: octets.subarray(begin, begin + length),
    raw: octets.subarray(at, begin + length),
  };
}

/** The values in a constructed one of this tag. */
export function inside(value: Value | undefined, tag: number): readonly Value[] {
  return readAll(contentOf(value, tag));
}

export function contentOf(value: Value | undefined, tag: number): Buffer {
  if (value?.tag === tag) return value.content;
  throw new DerError(`there is ${value?.tag ?? 'nothing'} where ${tag} was expected`);
}

export function write(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  // X.690 §10.1: as short as can be.
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...(length < 0x80 ? [length] : long)), content]);
}

/** X.690 §8.19. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...others].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = arc >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return write(tags.oid, Buffer.from(octets));
}
