import { DamagedLibrary, type Octets } from './octets.ts';

/** elf(5): what the first octets say. */
export interface ElfHeader {
  readonly kind: 'library' | 'executable' | 'object' | 'core' | 'unknown';
  /** As `process.arch` names it. */
  readonly architecture: string;
  /** 64 bits. */
  readonly isWide: boolean;
  readonly isLittleEndian: boolean;
  readonly programHeaders: {
    readonly offset: number;
    readonly size: number;
    readonly count: number;
  };
}

/** Throws `DamagedLibrary`. */
export async function readElfHeader(octets: Octets): Promise<ElfHeader> {
  const identification = await octets.at(0, 16);
  const width = identification.getUint8(4);
  const order = identification.getUint8(5);
  if (width < 1 || width > 2 || order < 1 || order > 2 || identification.getUint8(6) !== 1) {
    throw new DamagedLibrary('an ELF identification that elf(5) does not know');
  }
  const isWide = width === 2;
  const isLittleEndian = order === 1;
  const header = await octets.at(0, isWide ? 64 : 52);
  const half = (offset: number): number => header.getUint16(offset, isLittleEndian);
  return {
    kind: kinds[half(16)] ?? 'unknown',
    architecture: architectureOf(half(18), isWide, isLittleEndian),
    ...{ isWide, isLittleEndian },
    programHeaders: {
      offset: wordAt(header, isWide ? 32 : 28, { isWide, isLittleEndian }),
      size: half(isWide ? 54 : 42),
      count: half(isWide ? 56 : 44),
    },
  };
}

/** An address, an offset or a size. */
export function wordAt(
  view: DataView,
  offset: number,
  { isWide, isLittleEndian }: Pick<ElfHeader, 'isWide' | 'isLittleEndian'>,
): number {
  // What a double cannot hold lies outside of every file, and is refused there.
  return isWide
    ? Number(view.getBigUint64(offset, isLittleEndian))
    : view.getUint32(offset, isLittleEndian);
}

/** `ET_REL`, `ET_EXEC`, `ET_DYN`, `ET_CORE`. */
const kinds: Readonly<Record<number, ElfHeader['kind']>> = {
  1: 'object',
  2: 'executable',
  3: 'library',
  4: 'core',
};

/** `EM_*`; the second where one number serves two widths. */
const machines: Readonly<Record<number, readonly [wide: string, narrow: string]>> = {
  3: ['ia32', 'ia32'],
  8: ['mips64', 'mips'],
  20: ['ppc', 'ppc'],
  21: ['ppc64', 'ppc64'],
  22: ['s390x', 's390'],
  40: ['arm', 'arm'],
  62: ['x64', 'x32'],
  183: ['arm64', 'arm64-ilp32'],
  243: ['riscv64', 'riscv32'],
  258: ['loong64', 'loong32'],
};

function architectureOf(machine: number, isWide: boolean, isLittleEndian: boolean): string {
  const name = machines[machine]?.[isWide ? 0 : 1] ?? `machine ${machine}`;
  const isUsual = isLittleEndian || name.startsWith('s390');
  return isUsual ? name : `${name} big-endian`;
}
