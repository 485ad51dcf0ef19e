import { randomBytes } from 'node:crypto';
import { DocumentError } from './document-error.ts';

/** A document with room for a signature, which everything else in it is signed by. */
export interface PreparedDocument {
  readonly octets: Buffer;
  /** What is signed, in its two pieces (ISO 32000-1 §12.8.1, ByteRange). */
  readonly signed: readonly [Buffer, Buffer];
  /** Puts the signature, DER, into its room. */
  fill(signature: Uint8Array): Buffer;
}

export interface PlaceholderOptions {
  /** What the signer's computer says about when. */
  readonly now: Date;
  /** Octets that the signature may have. */
  readonly room: number;
  readonly append: AppendPlaceholder;
}

/** Appends a signature that is that marker. Rejects with `DocumentError`. */
export type AppendPlaceholder = (
  original: Buffer,
  placeholder: { readonly now: Date; readonly marker: Buffer },
) => Promise<Buffer>;

/**
 * Appends an approval signature without appearance to a PDF, whose own octets stay as they are, so that earlier signatures
 * stay valid. Throws `DocumentError`.
 */
export async function prepareDocument(
  original: Buffer,
  options: PlaceholderOptions,
): Promise<PreparedDocument> {
  if (original.indexOf('%PDF-') !== 0) throw new DocumentError('no-pdf', 'reading a document');
  // Its length in octets holds in hex, and is found by what nobody can have put into the document.
  const marker = randomBytes(options.room);
  const updated = await options.append(original, { now: options.now, marker });
  if (updated.compare(original, 0, original.length, 0, original.length) !== 0) {
    throw new DocumentError('damaged', 'appending a signature');
  }
  const start = updated.indexOf(`<${marker.toString('hex').toUpperCase()}>`, original.length);
  const room = { start, end: start + 2 + 2 * options.room };
  if (start === -1) throw new DocumentError('damaged', 'finding the room for a signature');
  writeByteRange(updated, room, original.length);
  return {
    octets: updated,
    signed: [updated.subarray(0, room.start), updated.subarray(room.end)],
    fill: (signature) => filled(updated, signature, room),
  };
}

interface Room {
  readonly start: number;
  readonly end: number;
}

function filled(document: Buffer, signature: Uint8Array, { start, end }: Room): Buffer {
  const hex = Buffer.from(signature).toString('hex');
  const digits = end - start - 2;
  if (hex.length > digits) throw new RangeError('the signature is larger than its room');
  const whole = Buffer.from(document);
  whole.write(hex.padEnd(digits, '0'), start + 1, 'latin1');
  return whole;
}

/** `/Contents`, and space. */
const longestKey = 16;

/** Of an octet, as wide as any that can stand there. */
export const unknownOffset = 9_999_999_999;

function writeByteRange(document: Buffer, { start, end }: Room, from: number): void {
  const numbers = `[0 ${unknownOffset} ${unknownOffset} ${unknownOffset}]`;
  const at = document.lastIndexOf(numbers, start);
  // ISO 32000-1 §12.8.1: both stand in one dictionary, which we have just written.
  if (at < from || start - at > numbers.length + longestKey)
    throw new DocumentError('damaged', 'finding the range of a signature');
  const range = `[0 ${start} ${end} ${document.length - end}]`;
  document.write(range.padEnd(numbers.length, ' '), at, 'latin1');
}
