import type { LibraryHeader } from './library-header.ts';
import { DamagedLibrary, type Octets } from './octets.ts';

type Kind = LibraryHeader['kind'];

/** `MH_MAGIC` and `MH_MAGIC_64`, as each order of octets has them. */
const thinMagics: Readonly<Record<number, { readonly isLittleEndian: boolean }>> = {
  0xfeedface: { isLittleEndian: false },
  0xfeedfacf: { isLittleEndian: false },
  0xcefaedfe: { isLittleEndian: true },
  0xcffaedfe: { isLittleEndian: true },
};
/** `FAT_MAGIC` and `FAT_MAGIC_64`: several in one file, and where each begins. */
const fatMagics: Readonly<
  Record<number, { readonly entrySize: number; readonly isWide: boolean }>
> = {
  0xcafebabe: { entrySize: 20, isWide: false },
  0xcafebabf: { entrySize: 32, isWide: true },
};
// A class file of Java begins alike, and has its version here, which is 45 at least.
const mostSlices = 32;

/** What macOS loads, thin or fat (`mach-o/loader.h`, `mach-o/fat.h`); `null`: it is none. Throws `DamagedLibrary`. */
export async function readMachO(octets: Octets, magic: number): Promise<LibraryHeader | null> {
  if (Object.hasOwn(thinMagics, magic)) return headerOf([await readThin(octets, 0)]);
  const fat = fatMagics[magic];
  if (fat === undefined || octets.size < 8) return null;
  const count = (await octets.at(4, 4)).getUint32(0);
  if (count > mostSlices) return null;
  const table = await octets.at(8, count * fat.entrySize);
  const slices: Slice[] = [];
  for (let index = 0; index < count; index++) {
    const start = index * fat.entrySize + 8;
    const offset = fat.isWide ? Number(table.getBigUint64(start)) : table.getUint32(start);
    slices.push(await readThin(octets, offset));
  }
  return headerOf(slices);
}

interface Slice {
  readonly kind: Kind;
  readonly architecture: string;
}

function headerOf(slices: readonly Slice[]): LibraryHeader {
  const libraries = slices.filter(({ kind }) => kind === 'library');
  const kind = libraries.length > 0 ? 'library' : (slices[0]?.kind ?? 'unknown');
  if (kind !== 'library') return { kind };
  const architectures = libraries.map(({ architecture }) => architecture);
  return { kind, format: 'mach-o', architectures };
}

async function readThin(octets: Octets, offset: number): Promise<Slice> {
  const header = await octets.at(offset, 16);
  const order = thinMagics[header.getUint32(0)];
  if (order === undefined) throw new DamagedLibrary('a slice that is no Mach-O file');
  const number = (at: number): number => header.getUint32(at, order.isLittleEndian);
  return {
    kind: fileTypes[number(12)] ?? 'unknown',
    architecture: architectureOf(number(4), number(8)),
  };
}

/** `MH_OBJECT`, `MH_EXECUTE`, `MH_CORE`, `MH_DYLIB`, `MH_BUNDLE`: modules come as either of the last. */
const fileTypes: Readonly<Record<number, Kind>> = {
  1: 'object',
  2: 'executable',
  4: 'core',
  6: 'library',
  8: 'library',
};

/** `CPU_TYPE_*` of `mach/machine.h`. */
const processors: Readonly<Record<number, string>> = {
  7: 'ia32',
  12: 'arm',
  18: 'ppc',
  0x01000007: 'x64',
  0x0100000c: 'arm64',
  0x01000012: 'ppc64',
};

function architectureOf(type: number, subtype: number): string {
  const name = processors[type] ?? `processor ${type}`;
  // CPU_SUBTYPE_ARM64E: with signed pointers, which only programs of Apple's can load.
  return name === 'arm64' && (subtype & 0x00ffffff) === 2 ? 'arm64e' : name;
}
