import { readElfHeader } from './elf-header.ts';
import { readMachO } from './mach-o.ts';
import type { Octets } from './octets.ts';
import { readPortableExecutable } from './portable-executable.ts';

export type LibraryFormat = 'elf' | 'mach-o' | 'pe';

/** What a file says of itself in its first octets. */
export type LibraryHeader =
  | {
      readonly kind: 'library';
      readonly format: LibraryFormat;
      /** As `process.arch` names them; what Node knows no name for is named otherwise. */
      readonly architectures: readonly string[];
    }
  | { readonly kind: NoLibrary };

export type NoLibrary =
  'empty' | 'script' | 'text' | 'archive' | 'executable' | 'object' | 'core' | 'unknown';

/** Throws `DamagedLibrary`. */
export async function readLibraryHeader(octets: Octets): Promise<LibraryHeader> {
  if (octets.size === 0) return { kind: 'empty' };
  const start = await octets.at(0, Math.min(octets.size, 512));
  const magic = start.byteLength < 4 ? 0 : start.getUint32(0);
  if (magic === 0x7f454c46) {
    const { kind, architecture } = await readElfHeader(octets);
    return kind === 'library' ? { kind, format: 'elf', architectures: [architecture] } : { kind };
  }
  if (start.byteLength >= 2 && start.getUint16(0) === 0x4d5a) return readPortableExecutable(octets);
  return (await readMachO(octets, magic)) ?? { kind: otherKind(start) };
}

function otherKind(start: DataView): NoLibrary {
  const bytes = new Uint8Array(start.buffer, start.byteOffset, start.byteLength);
  const text = Buffer.from(bytes).toString('latin1');
  if (text.startsWith('#!')) return 'script';
  // ar(5)
  if (text.startsWith('!<arch>\n') || text.startsWith('!<thin>\n')) return 'archive';
  return bytes.every((octet) => octet >= 0x20 || (octet >= 0x09 && octet <= 0x0d))
    ? 'text'
    : 'unknown';
}
