// How main and a token process speak by a pipe: the length of all that follows, the length of a text in JSON, the text, and
// the octets that it speaks of, one after another. So no octet of a PIN gets into a text, which could not be wiped, and
// nothing but JSON is parsed: a module may have taken the process over that writes it.

/** Octets after the first length: more than anything that is asked or said. */
export const longestFrame = 1 << 25;

const lengthOctets = 4;

/** Something came that is no frame, or whose text does not fit its octets. */
export class FrameError extends Error {
  readonly code = 'frame';

  constructor(what: string, options?: ErrorOptions) {
    super(`reading what came from another process: ${what}`, options);
    this.name = 'FrameError';
  }
}

/** To be zero-filled by the caller when it was written. */
export function encodeFrame(message: unknown): Buffer {
  const octets: Uint8Array[] = [];
  const text = Buffer.from(JSON.stringify(withoutOctets(message, octets)));
  const sizes = octets.map(({ byteLength }) => byteLength);
  const length = sizes.reduce((sum, size) => sum + size, lengthOctets + text.length);
  if (length > longestFrame) throw new FrameError('it is too long');
  const frame = Buffer.alloc(lengthOctets + length);
  frame.writeUInt32BE(length);
  frame.writeUInt32BE(text.length, lengthOctets);
  text.copy(frame, 2 * lengthOctets);
  let place = 2 * lengthOctets + text.length;
  for (const each of octets) {
    frame.set(each, place);
    place += each.byteLength;
  }
  return frame;
}

/** Takes octets as they come and gives whole messages; what it takes, it wipes. */
export class FrameReader {
  readonly #length = Buffer.alloc(lengthOctets);
  #frame: Buffer | null = null;
  #filled = 0;

  /** Throws `FrameError`; there is no going on after that. */
  *read(chunk: Buffer): Generator<unknown, void, undefined> {
    let rest = chunk;
    while (rest.length > 0) {
      const part = this.#frame ?? this.#length;
      const taken = rest.copy(part, this.#filled);
      rest.fill(0, 0, taken);
      rest = rest.subarray(taken);
      this.#filled += taken;
      if (this.#filled < part.length) return;
      this.#filled = 0;
      if (this.#frame === null) this.#frame = Buffer.alloc(lengthIn(this.#length));
      else {
        this.#frame = null;
        yield decoded(part);
      }
    }
  }
}

function lengthIn(octets: Buffer): number {
  const length = octets.readUInt32BE();
  if (length < lengthOctets || length > longestFrame)
    throw new FrameError('a length that none has');
  return length;
}

/** The octets that a text speaks of stand in it as their number. */
interface OctetsMark {
  readonly octets: number;
}

function decoded(frame: Buffer): unknown {
  try {
    const end = lengthOctets + frame.readUInt32BE();
    if (end > frame.length) throw new RangeError('a text that is longer than its frame');
    const octets = frame.subarray(end);
    const text = frame.toString('utf8', lengthOctets, end);
    const message: unknown = JSON.parse(text);
    return octets.length === 0 && !text.includes('"octets"')
      ? message
      : withOctets(message, { octets, place: 0 });
  } catch (error) {
    // Its text may be what a person typed.
    throw new FrameError(error instanceof Error ? error.name : typeof error);
  } finally {
    frame.fill(0);
  }
}

function withoutOctets(value: unknown, octets: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) {
    octets.push(value);
    return { octets: value.byteLength } satisfies OctetsMark;
  }
  if (Array.isArray(value)) return value.map((each) => withoutOctets(each, octets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutOctets(each, octets)]),
  );
}

function withOctets(value: unknown, from: { readonly octets: Buffer; place: number }): unknown {
  if (Array.isArray(value)) return value.map((each) => withOctets(each, from));
  if (typeof value !== 'object' || value === null) return value;
  if (isMark(value)) {
    const end = from.place + value.octets;
    if (end > from.octets.length) throw new RangeError('fewer octets than it speaks of');
    const taken = Uint8Array.from(from.octets.subarray(from.place, end));
    from.place = end;
    return taken;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withOctets(each, from)]),
  );
}

const isMark = (value: object): value is OctetsMark =>
  'octets' in value && Number.isSafeInteger(value.octets) && Number(value.octets) >= 0;
