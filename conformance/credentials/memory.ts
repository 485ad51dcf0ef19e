import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { JsonWebKey } from 'node:crypto';
import { FileError } from './shape.ts';

/** What a run has to know of those before it: counters that moved, accounts that were made, failures that count. */
export type Memory = {
  /** Accounts belong to one server. */
  directory: string;
  /** By the `kid` of the external account key. */
  readonly accounts: Record<string, { readonly url: string; readonly key: JsonWebKey }[]>;
  /** By the credential: the last time step, the next counter, the last signature counter, or how many passwords are used up. */
  readonly counters: Record<string, number>;
  /** By the throttle: when the failures of the last two hours were, in milliseconds since 1970. */
  readonly failures: Record<string, number[]>;
  /** Credentials that a case has spoiled for good. */
  readonly spoiled: string[];
};

/** Where the memory lies when nothing else was said. */
export function memoryFileFor(credentialsFile: string): string {
  return `${credentialsFile.replace(/\.json$/, '')}.state.json`;
}

export function emptyMemory(directory: string): Memory {
  return { directory, accounts: {}, counters: {}, failures: {}, spoiled: [] };
}

/** What an earlier run left; throws FileError when the file is not one that `keepMemory` wrote. */
export function readMemory(file: string, directory: string): Memory {
  const source = read(file);
  if (source === undefined) return emptyMemory(directory);
  const memory = parse(source, file);
  return memory.directory === directory ? memory : { ...memory, directory, accounts: {} };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new FileError(`${file} cannot be read`, { cause });
  }
}

function parse(source: string, file: string): Memory {
  try {
    const value = JSON.parse(source) as Partial<Memory> | null;
    const { directory, accounts, counters, failures, spoiled } = value ?? {};
    const maps = [accounts, counters, failures];
    if (
      typeof directory === 'string' &&
      maps.every((map) => typeof map === 'object') &&
      Array.isArray(spoiled)
    ) {
      return value as Memory;
    }
  } catch (error) {
    // The message of the parser quotes the file, which holds account keys.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new FileError(`${file} is no state of an earlier run: mend or delete it`);
}

/** Writes it for its owner only, whole or not at all. */
export function keepMemory(file: string, memory: Memory): void {
  const beside = `${file}.${process.pid}`;
  try {
    writeFileSync(beside, `${JSON.stringify(memory, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(beside, file);
  } catch (cause) {
    throw new FileError(`${file} cannot be written`, { cause });
  }
}
