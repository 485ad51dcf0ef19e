import { DamagedLibrary } from './octets.ts';

const oldMagic = 'ld.so-1.7.0\0';
const magic = 'glibc-ld.so.cache1.1';
const headerSize = 48;
const entrySize = 24;

/**
 * Where glibc's loader finds libraries, by name (`/etc/ld.so.cache`; `sysdeps/generic/dl-cache.h`). Those for several
 * architectures stand beside one another. Throws `DamagedLibrary` for what is no such file.
 */
export function parseLoaderCache(octets: Uint8Array): ReadonlyMap<string, readonly string[]> {
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const cache = all.subarray(startOf(all));
  if (cache.length < headerSize || cache.toString('latin1', 0, magic.length) !== magic) {
    throw new DamagedLibrary('no cache of the loader');
  }
  // Octet 28: the order of the octets; 0 is that of this machine in older files.
  const isLittleEndian = cache.readUInt8(28) !== 3;
  const view = new DataView(cache.buffer, cache.byteOffset, cache.byteLength);
  const count = view.getUint32(20, isLittleEndian);
  if (headerSize + count * entrySize > cache.length) throw new DamagedLibrary('a cut cache');
  const found = new Map<string, string[]>();
  for (let index = 0; index < count; index++) {
    const entry = headerSize + index * entrySize;
    const name = textAt(cache, view.getUint32(entry + 4, isLittleEndian));
    const path = textAt(cache, view.getUint32(entry + 8, isLittleEndian));
    const paths = found.get(name) ?? [];
    paths.push(path);
    found.set(name, paths);
  }
  return found;
}

/** glibc before 2.32 writes the cache of older ones in front. */
function startOf(all: Buffer): number {
  if (all.length < 16 || all.toString('latin1', 0, oldMagic.length) !== oldMagic) return 0;
  return Math.ceil((16 + all.readUInt32LE(12) * 12) / 8) * 8;
}

function textAt(cache: Buffer, start: number): string {
  const end = cache.indexOf(0, start);
  if (start > cache.length || end < 0 || end - start > 4096) throw new DamagedLibrary('a cut name');
  return cache.toString('utf8', start, end);
}
