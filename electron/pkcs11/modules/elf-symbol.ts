import { wordAt } from './elf-header.ts';
import type { Elf } from './elf.ts';
import { DamagedLibrary } from './octets.ts';

/** In libraries a chain has a handful of entries. */
const longestChain = 4096;

/**
 * Whether a shared object itself offers a function by that name, found by its hash table as dlsym(3) does; `null`: it
 * has no table by which to find any. Throws `DamagedLibrary`.
 */
export async function offersFunction(elf: Elf, name: string): Promise<boolean | null> {
  const candidates = (await gnuCandidates(elf, name)) ?? (await sysvCandidates(elf, name));
  if (candidates === null) return null;
  for await (const index of candidates) {
    if (await isFunctionNamed(elf, index, name)) return true;
  }
  return false;
}

/** The table that linkers write nowadays (`DT_GNU_HASH`): sorted by buckets, each chain's last hash is odd. */
async function gnuCandidates(elf: Elf, name: string): Promise<AsyncIterable<number> | null> {
  const table = elf.tableOffset('gnuHash');
  if (table === null) return null;
  const [bucketCount, firstSymbol, filterSize] = await words(elf, table, 3);
  if (bucketCount === 0) return null;
  const hash = gnuHash(name);
  const buckets = table + 16 + filterSize * (elf.header.isWide ? 8 : 4);
  const first = await elf.word32(buckets + (hash % bucketCount) * 4);
  const chains = buckets + bucketCount * 4;
  return (async function* () {
    if (first < firstSymbol) return;
    for (let step = 0; step < longestChain; step++) {
      const other = await elf.word32(chains + (first - firstSymbol + step) * 4);
      if ((other | 1) === (hash | 1)) yield first + step;
      if ((other & 1) === 1) return;
    }
    throw new DamagedLibrary('a chain of symbols without an end');
  })();
}

/** The table of System V (`DT_HASH`): linked lists. */
async function sysvCandidates(elf: Elf, name: string): Promise<AsyncIterable<number> | null> {
  const table = elf.tableOffset('hash');
  // On this machine alone its entries have 64 bits.
  if (table === null || elf.header.architecture === 's390x') return null;
  const [bucketCount] = await words(elf, table, 1);
  if (bucketCount === 0) return null;
  const first = await elf.word32(table + 8 + (sysvHash(name) % bucketCount) * 4);
  const chains = table + 8 + bucketCount * 4;
  return (async function* () {
    let index = first;
    for (let step = 0; step < longestChain; step++) {
      if (index === 0) return;
      yield index;
      index = await elf.word32(chains + index * 4);
    }
    throw new DamagedLibrary('a chain of symbols without an end');
  })();
}

const symbolTypes = { none: 0, function: 2, indirectFunction: 10 } as const;

async function isFunctionNamed(elf: Elf, index: number, name: string): Promise<boolean> {
  const symbols = elf.tableOffset('symbolTable');
  const strings = elf.tableOffset('stringTable');
  if (symbols === null || strings === null) return false;
  const { isWide, isLittleEndian } = elf.header;
  const size = isWide ? 24 : 16;
  const symbol = await elf.octets(symbols + index * size, size);
  const information = symbol.getUint8(isWide ? 4 : 12);
  const section = symbol.getUint16(isWide ? 6 : 14, isLittleEndian);
  const address = wordAt(symbol, isWide ? 8 : 4, elf.header);
  const isCallable = Object.values<number>(symbolTypes).includes(information & 0xf);
  // Section 0 (SHN_UNDEF): wanted, not offered. Binding 0 (STB_LOCAL): not for others.
  if (section === 0 || address === 0 || information >> 4 === 0 || !isCallable) return false;
  const wanted = Buffer.from(`${name}\0`, 'latin1');
  const start = strings + symbol.getUint32(0, isLittleEndian);
  const { buffer, byteOffset } = await elf.octets(start, wanted.length);
  return wanted.equals(Buffer.from(buffer, byteOffset, wanted.length));
}

async function words(elf: Elf, offset: number, count: 1 | 3): Promise<[number, number, number]> {
  const view = await elf.octets(offset, count * 4);
  const at = (index: number): number =>
    index < count ? view.getUint32(index * 4, elf.header.isLittleEndian) : 0;
  return [at(0), at(1), at(2)];
}

function gnuHash(name: string): number {
  return [...Buffer.from(name)].reduce((hash, octet) => (Math.imul(hash, 33) + octet) >>> 0, 5381);
}

/** System V ABI, chapter 5, Hash Table. */
function sysvHash(name: string): number {
  return [...Buffer.from(name)].reduce((hash, octet) => {
    const next = ((hash << 4) + octet) >>> 0;
    const high = next & 0xf0000000;
    return (next ^ (high >>> 24)) & ~high;
  }, 0);
}
