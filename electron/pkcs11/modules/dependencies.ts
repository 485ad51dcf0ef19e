import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import type { LoaderLocation } from '../../platform/platform.ts';
import { readSmallFile } from '../../platform/small-file.ts';
import { Elf } from './elf.ts';
import { parseLoaderCache } from './loader-cache.ts';
import { DamagedLibrary, octetsOfFile } from './octets.ts';

export interface DependencyOptions<T> {
  readonly loader: LoaderLocation;
  /** `LD_LIBRARY_PATH`; empty when there is none. */
  readonly libraryPath: string;
  /** What is asked of each library that is found. */
  readonly examine: (elf: Elf, path: string) => Promise<T>;
}

export interface Dependencies<T> {
  /** Names of libraries that were found nowhere. */
  readonly missing: readonly string[];
  /** We looked wherever the loader does: what is missing here is missing for it. */
  readonly isCertain: boolean;
  /** What was said of each that was found. */
  readonly examined: readonly T[];
}

interface Library<T> {
  readonly architecture: string;
  readonly needed: readonly string[];
  /** Directories in which it wants others looked for, as far as we can tell which. */
  readonly runPaths: readonly string[];
  readonly isWhole: boolean;
  readonly examined: T;
}

const largestCache = 16 * 1024 * 1024;
const mostLibraries = 256;

/** Looks for the libraries on which one depends, and for those on which these do, where ld.so(8) would. */
export async function lookForDependencies<T>(
  path: string,
  options: DependencyOptions<T>,
): Promise<Dependencies<T>> {
  const root = await readLibrary(path, options.examine);
  const cache = await readCache(options.loader.cacheFile);
  const places = placesOf(options, cache ?? new Map());
  const examined: T[] = [];
  const missing: string[] = [];
  const seen = new Set<string>();
  let isCertain = cache !== null && root !== null;
  const pending = root === null ? [] : [root];
  for (let library = pending.shift(); library !== undefined; library = pending.shift()) {
    isCertain &&= library.isWhole;
    for (const name of library.needed) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (seen.size > mostLibraries) return { missing: [name], examined, isCertain: false };
      const inherited = library.runPaths;
      const found = await firstOf([...within(inherited, name), ...places(name)], async (each) => {
        const other = await readLibrary(each, options.examine);
        return other?.architecture === root?.architecture ? other : null;
      });
      if (found === null) missing.push(name);
      else {
        examined.push(found.examined);
        // ld.so(8) inherits DT_RPATH only; to inherit DT_RUNPATH too makes fewer libraries missing.
        pending.push({ ...found, runPaths: [...found.runPaths, ...inherited] });
      }
    }
  }
  return { missing, examined, isCertain };
}

/** Where a library can be whoever needs it. */
function placesOf(
  { loader, libraryPath }: Pick<DependencyOptions<unknown>, 'loader' | 'libraryPath'>,
  cache: ReadonlyMap<string, readonly string[]>,
): (name: string) => readonly string[] {
  const fromEnvironment = libraryPath.split(':').filter((each) => posix.isAbsolute(each));
  return (name) =>
    name.includes('/')
      ? [name]
      : [
          ...within(fromEnvironment, name),
          ...(cache.get(name) ?? []),
          ...within(loader.directories, name),
        ];
}

function within(directories: readonly string[], name: string): readonly string[] {
  return name.includes('/') ? [] : directories.map((each) => posix.join(each, name));
}

async function firstOf<T>(
  paths: readonly string[],
  look: (path: string) => Promise<T | null>,
): Promise<T | null> {
  for (const path of paths) {
    const found = await look(path);
    if (found !== null) return found;
  }
  return null;
}

/** `null`: nothing there that could be loaded, which is no answer but where to look on. */
async function readLibrary<T>(
  path: string,
  examine: DependencyOptions<T>['examine'],
): Promise<Library<T> | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const elf = await Elf.read(octetsOfFile(file, (await file.stat()).size));
      const runPaths = (await elf.runPaths())
        .flatMap((each) => each.split(':'))
        .map((each) => each.replace(/\$ORIGIN|\$\{ORIGIN\}/g, posix.dirname(path)));
      return {
        architecture: elf.header.architecture,
        needed: await elf.needed(),
        runPaths: runPaths.filter((each) => posix.isAbsolute(each)),
        // `$LIB` and `$PLATFORM` are the loader's own.
        isWhole: !runPaths.some((each) => each.includes('$')),
        examined: await examine(elf, path),
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DamagedLibrary || isOfFileSystem(error)) return null;
    throw error;
  }
}

/** `null`: there is none, so the loader is not glibc's, or looks elsewhere. */
async function readCache(path: string): Promise<ReadonlyMap<string, readonly string[]> | null> {
  try {
    return parseLoaderCache(await readSmallFile(path, largestCache));
  } catch (error) {
    if (error instanceof DamagedLibrary || isOfFileSystem(error)) return null;
    throw error;
  }
}

function isOfFileSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
