import { crc32 } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const maximumSide = 1024;

// What a still picture needs (PNG specification §11.2 and §11.3); text, dates, profiles and animation are left out.
const keptChunks = ['IHDR', 'PLTE', 'tRNS', 'gAMA', 'sRGB', 'cHRM', 'IDAT', 'IEND'];

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With length and checksum. */
  readonly whole: Buffer;
}

/** The picture with nothing but its pixels, or `null` when it is no PNG of at most 1024 by 1024. */
export function sanitizePng(png: Buffer): Buffer | null {
  if (!png.subarray(0, signature.length).equals(signature)) return null;
  const chunks = chunksOf(png);
  if (chunks === null || !isFramed(chunks) || !hasBearableSize(chunks)) return null;
  const kept = chunks.filter(({ type }) => keptChunks.includes(type));
  return Buffer.concat([signature, ...kept.map(({ whole }) => whole)]);
}

/** `null` when the chunks do not fill the file exactly, or one is damaged. */
function chunksOf(png: Buffer): readonly Chunk[] | null {
  const chunks: Chunk[] = [];
  let offset = signature.length;
  while (offset < png.length) {
    const chunk = chunkAt(png, offset);
    if (chunk === null) return null;
    chunks.push(chunk);
    offset += chunk.whole.length;
  }
  return chunks;
}

/** A chunk is its length, its type, its data and a CRC over the last two (PNG specification §5.3). */
function chunkAt(png: Buffer, offset: number): Chunk | null {
  if (offset + 12 > png.length) return null;
  const end = offset + 12 + png.readUInt32BE(offset);
  if (end > png.length) return null;
  const checked = png.subarray(offset + 4, end - 4);
  if (crc32(checked) !== png.readUInt32BE(end - 4)) return null;
  return {
    type: checked.toString('latin1', 0, 4),
    data: checked.subarray(4),
    whole: png.subarray(offset, end),
  };
}

function isFramed(chunks: readonly Chunk[]): boolean {
  const types = chunks.map(({ type }) => type);
  return (
    types[0] === 'IHDR' &&
    types.indexOf('IEND') === types.length - 1 &&
    types.lastIndexOf('IHDR') === 0 &&
    types.includes('IDAT')
  );
}

function hasBearableSize([header]: readonly Chunk[]): boolean {
  if (header?.data.length !== 13) return false;
  const sides = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)];
  return sides.every((side) => side >= 1 && side <= maximumSide);
}
