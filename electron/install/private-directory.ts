import type { Stats } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Lends a new directory that only this person can enter, and takes it away with all that is in it. */
export async function withPrivateDirectory<T>(
  parent: string,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  // mkdtemp(3) makes it with mode 0700.
  const directory = await mkdtemp(join(parent, `countersign-install-${process.pid}-`));
  try {
    return await use(directory);
  } finally {
    await remove(directory);
  }
}

const name = /^countersign-install-(\d{1,10})-\w{6}$/;

/**
 * Takes away what processes that were killed have left in `parent`: directories by our name, of our user, closed to
 * others, made before `before` by a process that is no more.
 */
export async function removeLeftBehind(parent: string, before: Date): Promise<void> {
  for (const entry of await readdir(parent)) {
    const owner = Number(name.exec(entry)?.[1]);
    if (Number.isNaN(owner) || isRunning(owner)) continue;
    const path = join(parent, entry);
    const status = await lstat(path).catch(() => null);
    if (status !== null && isOurs(status) && status.mtime < before) await remove(path);
  }
}

function isOurs(status: Stats): boolean {
  return (
    status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o777) === 0o700
  );
}

/** kill(2): signal 0 only asks. A process that we may not ask about is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
