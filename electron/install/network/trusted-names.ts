/**
 * The DER names of those whose certificates a server asked for, of its CertificateRequest (RFC 5246 §7.4.4, RFC 8446 §4.3.2
 * with §4.2.4); empty where it named nobody, or what it sent cannot be read.
 */
export function namesAskedFor(message: Buffer, version: '1.2' | '1.3'): readonly Buffer[] {
  try {
    const reader = new Vectors(message.subarray(handshakeHeader));
    return version === '1.2' ? inRequest(reader) : inExtensions(reader);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** RFC 8446 §4: a type, and a length of three octets. */
const handshakeHeader = 4;
/** RFC 8446 §4.2. */
const certificateAuthorities = 47;

function inRequest(reader: Vectors): readonly Buffer[] {
  // Types of certificates, then algorithms.
  reader.vector(1);
  reader.vector(2);
  return namesIn(reader.vector(2));
}

function inExtensions(reader: Vectors): readonly Buffer[] {
  reader.vector(1);
  const extensions = new Vectors(reader.vector(2));
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const data = extensions.vector(2);
    if (type === certificateAuthorities) return namesIn(new Vectors(data).vector(2));
  }
  return [];
}

function namesIn(list: Buffer): readonly Buffer[] {
  const reader = new Vectors(list);
  const names: Buffer[] = [];
  while (!reader.isAtEnd) names.push(reader.vector(2));
  return names;
}

/** RFC 8446 §3.4; throws `RangeError` at the end of what there is. */
class Vectors {
  #at = 0;
  readonly #octets: Buffer;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length;
  }

  number(octets: number): number {
    const value = this.#octets.readUIntBE(this.#at, octets);
    this.#at += octets;
    return value;
  }

  vector(lengthOctets: number): Buffer {
    const length = this.number(lengthOctets);
    const end = this.#at + length;
    if (end > this.#octets.length) throw new RangeError('the vector is cut off');
    const content = this.#octets.subarray(this.#at, end);
    this.#at = end;
    return content;
  }
}
