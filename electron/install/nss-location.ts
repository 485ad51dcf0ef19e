import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NssLocation } from '../platform/platform.ts';

/** The database that browsers read, or else the one that they would. */
export async function databaseDirectory({ databaseDirectories }: NssLocation): Promise<string> {
  for (const directory of databaseDirectories) {
    if (await exists(directory)) return directory;
  }
  return databaseDirectories[0];
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Throws the file system's error. Looks at the files that a database consists of, or else the nearest directory in which it would be made. */
export async function assertWritable(directory: string): Promise<void> {
  let path = directory;
  while (!(await exists(path))) path = dirname(path);
  await access(path, constants.W_OK | constants.X_OK);
  for (const file of ['cert9.db', 'key4.db'].map((name) => join(directory, name))) {
    if (await exists(file)) await access(file, constants.R_OK | constants.W_OK);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
