import type { LibraryHeader } from './library-header.ts';
import { DamagedLibrary, type Octets } from './octets.ts';

/** `IMAGE_FILE_MACHINE_*`. */
const machines: Readonly<Record<number, string>> = {
  0x014c: 'ia32',
  0x01c4: 'arm',
  0x8664: 'x64',
  0xaa64: 'arm64',
};
const isDll = 0x2000;
const signature = 0x50450000;

/** What Windows loads (PE format, Microsoft); a file that only begins like one is a program for DOS. */
export async function readPortableExecutable(octets: Octets): Promise<LibraryHeader> {
  if (octets.size < 64) throw new DamagedLibrary('its end is missing');
  const start = (await octets.at(0x3c, 4)).getUint32(0, true);
  const header = await octets.at(start, 24);
  if (header.getUint32(0) !== signature) return { kind: 'executable' };
  if ((header.getUint16(22, true) & isDll) === 0) return { kind: 'executable' };
  const machine = header.getUint16(4, true);
  const architecture = machines[machine] ?? `machine ${machine}`;
  return { kind: 'library', format: 'pe', architectures: [architecture] };
}
