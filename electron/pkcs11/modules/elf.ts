import { readElfHeader, wordAt, type ElfHeader } from './elf-header.ts';
import { DamagedLibrary, type Octets } from './octets.ts';

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

const segmentTypes = { load: 1, dynamic: 2 } as const;
/** `DT_*` of elf(5). */
const tags = {
  needed: 1,
  hash: 4,
  stringTable: 5,
  symbolTable: 6,
  runPathOld: 15,
  runPath: 29,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
} as const;
const mostSegments = 1024;
const mostDynamicEntries = 16 * 1024;

/** A shared object as the loader sees it: by its segments, since sections can be missing. */
export class Elf {
  readonly header: ElfHeader;
  readonly #octets: Octets;
  readonly #segments: readonly Segment[];
  readonly #dynamic: ReadonlyMap<number, readonly number[]>;

  private constructor(
    octets: Octets,
    parts: {
      readonly header: ElfHeader;
      readonly segments: readonly Segment[];
      readonly dynamic: ReadonlyMap<number, readonly number[]>;
    },
  ) {
    this.header = parts.header;
    this.#octets = octets;
    this.#segments = parts.segments;
    this.#dynamic = parts.dynamic;
  }

  /** Throws `DamagedLibrary`, also when the end of the file is missing. */
  static async read(octets: Octets): Promise<Elf> {
    const header = await readElfHeader(octets);
    const segments = await readSegments(octets, header);
    for (const { type, offset, fileSize } of segments) {
      if (type !== segmentTypes.load || offset + fileSize <= octets.size) continue;
      throw new DamagedLibrary('its end is missing');
    }
    const dynamic = segments.find(({ type }) => type === segmentTypes.dynamic);
    if (dynamic === undefined) throw new DamagedLibrary('nothing for the loader in it');
    return new Elf(octets, {
      header,
      segments,
      dynamic: await readDynamic(octets, header, dynamic),
    });
  }

  /** `DF_1_PIE`: programs are shared objects too nowadays, but dlopen(3) refuses them. */
  get isProgram(): boolean {
    return (this.#value('flags1') ?? 0) % 0x10000000 >= 0x08000000;
  }

  /** Libraries that the loader finds and loads with this one (`DT_NEEDED`). */
  needed(): Promise<readonly string[]> {
    return this.#strings('needed');
  }

  /** Directories, separated by colons, in which it wants them looked for; with `$ORIGIN` and the like. */
  async runPaths(): Promise<readonly string[]> {
    const newer = await this.#strings('runPath');
    // ld.so(8): DT_RPATH counts only without DT_RUNPATH.
    return newer.length > 0 ? newer : this.#strings('runPathOld');
  }

  /** Where a table begins in the file, by its tag; `null` when there is none. */
  tableOffset(tag: 'hash' | 'gnuHash' | 'stringTable' | 'symbolTable'): number | null {
    const address = this.#value(tag);
    return address === undefined ? null : this.#offsetOf(address);
  }

  octets(offset: number, length: number): Promise<DataView> {
    return this.#octets.at(offset, length);
  }

  async word32(offset: number): Promise<number> {
    return (await this.#octets.at(offset, 4)).getUint32(0, this.header.isLittleEndian);
  }

  #value(tag: keyof typeof tags): number | undefined {
    return this.#dynamic.get(tags[tag])?.[0];
  }

  #offsetOf(address: number): number {
    const segment = this.#segments.find(
      (each) =>
        each.type === segmentTypes.load &&
        address >= each.address &&
        address < each.address + each.fileSize,
    );
    if (segment === undefined) throw new DamagedLibrary('an address that is nowhere in it');
    return address - segment.address + segment.offset;
  }

  async #strings(tag: 'needed' | 'runPath' | 'runPathOld'): Promise<readonly string[]> {
    const starts = this.#dynamic.get(tags[tag]) ?? [];
    const table = this.tableOffset('stringTable');
    if (table === null) return [];
    return Promise.all(starts.map((start) => this.#string(table + start)));
  }

  async #string(offset: number): Promise<string> {
    const length = Math.max(0, Math.min(4096, this.#octets.size - offset));
    const { buffer, byteOffset } = await this.#octets.at(offset, length);
    const bytes = Buffer.from(buffer, byteOffset, length);
    const end = bytes.indexOf(0);
    if (end < 0) throw new DamagedLibrary('a string without an end');
    return bytes.toString('utf8', 0, end);
  }
}

async function readSegments(octets: Octets, header: ElfHeader): Promise<readonly Segment[]> {
  const { offset, size, count } = header.programHeaders;
  if (size < (header.isWide ? 56 : 32) || count > mostSegments) {
    throw new DamagedLibrary('program headers that elf(5) does not know');
  }
  const table = await octets.at(offset, size * count);
  return Array.from({ length: count }, (_, index) => {
    const start = index * size;
    const word = (wide: number, narrow: number): number =>
      wordAt(table, start + (header.isWide ? wide : narrow), header);
    return {
      type: table.getUint32(start, header.isLittleEndian),
      offset: word(8, 4),
      address: word(16, 8),
      fileSize: word(32, 16),
    };
  });
}

async function readDynamic(
  octets: Octets,
  header: ElfHeader,
  { offset, fileSize }: Segment,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const size = header.isWide ? 16 : 8;
  const count = Math.floor(fileSize / size);
  if (count > mostDynamicEntries) throw new DamagedLibrary('too much for the loader in it');
  const table = await octets.at(offset, count * size);
  const found = new Map<number, number[]>();
  for (let start = 0; start < count * size; start += size) {
    const tag = wordAt(table, start, header);
    if (tag === 0) break;
    const values = found.get(tag) ?? [];
    values.push(wordAt(table, start + size / 2, header));
    found.set(tag, values);
  }
  return found;
}
