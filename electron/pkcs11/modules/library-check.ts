import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { ModuleFault } from '../../../shared/failure.ts';
import { weakPoint, type TrustedWriters } from '../../platform/file-safety.ts';
import type { Pkcs11Location } from '../../platform/platform.ts';
import { isQuarantined } from '../../platform/quarantine.ts';
import { ModuleError } from '../token-error.ts';
import { lookForDependencies } from './dependencies.ts';
import { Elf } from './elf.ts';
import { offersFunction } from './elf-symbol.ts';
import { readLibraryHeader, type LibraryFormat } from './library-header.ts';
import { DamagedLibrary, octetsOfFile, type Octets } from './octets.ts';

/** By their numbers; who uses the wallet. */
export interface Person {
  readonly userId: number;
  readonly groupId: number;
}

export interface LibraryCheckOptions {
  readonly location: Pkcs11Location;
  /** `null` where people have no numbers. */
  readonly person: Person | null;
  /** `LD_LIBRARY_PATH`; empty when there is none. */
  readonly libraryPath: string;
}

/** What can be told of a module without loading it. */
export class LibraryCheck {
  readonly #options: LibraryCheckOptions;

  constructor(options: LibraryCheckOptions) {
    this.#options = options;
  }

  /** Rejects with `ModuleError` when the file cannot serve as a module, or should not. */
  async check(path: string): Promise<void> {
    if (!isAbsolute(path) || path.includes('\0')) throw refusal(path, 'missing');
    try {
      await this.#checkFile(path);
    } catch (error) {
      if (error instanceof ModuleError) throw error;
      if (error instanceof DamagedLibrary) throw refusal(path, 'not-a-library', 'damaged', error);
      if (error instanceof Error && 'code' in error) throw unreadable(path, error, error.code);
      throw error;
    }
  }

  async #checkFile(path: string): Promise<void> {
    let loadedAlong: readonly string[] = [];
    // open(2): without O_NONBLOCK a named pipe would be waited for. Windows knows no such flag, and adds nothing.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const octets = regularFile(path, file, await file.stat());
      const format = await this.#checkHeader(path, octets);
      if (format === 'elf') loadedAlong = await this.#checkElf(path, octets);
    } finally {
      await file.close();
    }
    const { location, person } = this.#options;
    if (await isQuarantined(path, location.quarantine)) throw refusal(path, 'quarantined');
    const trusted = person === null ? null : trustedWriters(person, location);
    if (trusted === null) return;
    // Code of any of them runs when the module is loaded.
    for (const each of [path, ...loadedAlong]) {
      const weak = await weakPoint(each, trusted);
      if (weak !== null) throw refusal(path, 'unsafe', weak);
    }
  }

  async #checkHeader(path: string, octets: Octets): Promise<LibraryFormat> {
    const { architecture, libraryFormat } = this.#options.location;
    const header = await readLibraryHeader(octets);
    if (header.kind !== 'library') throw refusal(path, 'not-a-library', header.kind);
    const { format, architectures } = header;
    if (format === libraryFormat && architectures.includes(architecture)) return format;
    const system = format === libraryFormat ? '' : `${systems[format]} `;
    throw refusal(path, 'other-architecture', `${system}${architectures.join(', ')}`);
  }

  /** Resolves to the paths of what the loader takes along, as far as that can be told. */
  async #checkElf(path: string, octets: Octets): Promise<readonly string[]> {
    const elf = await Elf.read(octets);
    if (elf.isProgram) throw refusal(path, 'not-a-library', 'executable');
    const examine = async (each: Elf, at: string): Promise<Examined> => {
      // Much depends on it, and would so seem to be a module.
      const isNone = at !== path && basename(at).startsWith('libp11-kit.');
      return { path: at, offersEntry: !isNone && (await offersFunction(each, entryPoint)) };
    };
    const own = await examine(elf, path);
    const { location, libraryPath } = this.#options;
    if (location.loader === null) return [];
    const behind = await lookForDependencies(path, {
      loader: location.loader,
      libraryPath,
      examine,
    });
    const { missing, isCertain, examined } = behind;
    const found = examined.map((each) => each.path);
    if (missing.length > 0) {
      if (isCertain) throw refusal(path, 'dependency-missing', missing.join(', '));
      return found;
    }
    // dlsym(3) looks through the libraries on which one depends, too; vendors do that.
    if ([own, ...examined].every(({ offersEntry }) => offersEntry === false)) {
      throw refusal(path, 'not-pkcs11');
    }
    return found;
  }
}

interface Examined {
  readonly path: string;
  /** `null`: that cannot be told. */
  readonly offersEntry: boolean | null;
}

// PKCS #11 v3.0 §5.4: by this every module is entered.
const entryPoint = 'C_GetFunctionList';

const systems: Readonly<Record<LibraryFormat, string>> = {
  elf: 'Linux',
  'mach-o': 'macOS',
  pe: 'Windows',
};

function regularFile(path: string, file: FileHandle, status: Stats): Octets {
  if (status.isDirectory()) throw refusal(path, 'not-a-library', 'directory');
  if (!status.isFile()) throw refusal(path, 'not-a-library', 'special file');
  return octetsOfFile(file, status.size);
}

/** Debian and Fedora give people groups of their own, by their own number. */
function trustedWriters(
  { userId, groupId }: Person,
  { administratorGroups }: Pkcs11Location,
): TrustedWriters | null {
  if (administratorGroups === null) return null;
  const own = groupId === userId ? [groupId] : [];
  return { users: [0, userId], groups: [...administratorGroups, ...own] };
}

function unreadable(path: string, error: unknown, code: unknown): ModuleError {
  if (code === 'ENOENT' || code === 'ENOTDIR') return refusal(path, 'missing', undefined, error);
  if (code === 'EISDIR') return refusal(path, 'not-a-library', 'directory', error);
  return refusal(path, 'not-readable', String(code), error);
}

function refusal(path: string, reason: ModuleFault, detail?: string, cause?: unknown): ModuleError {
  const facts = { reason, path, ...(detail === undefined ? {} : { detail }) };
  return new ModuleError(facts, cause === undefined ? undefined : { cause });
}
