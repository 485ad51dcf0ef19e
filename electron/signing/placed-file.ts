import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRunning } from '../install/private-directory.ts';

/** A result cannot have its name. */
export class PlacingError extends Error {
  readonly code = 'placing';
  readonly reason: 'exists' | 'not-writable';

  constructor(reason: PlacingError['reason'], options?: ErrorOptions) {
    super(`giving a result its name: ${reason}`, options);
    this.name = 'PlacingError';
    this.reason = reason;
  }
}

/** Before anybody is asked for a PIN. Throws `PlacingError`. */
export async function assertFree(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw new PlacingError('not-writable', { cause });
  }
  throw new PlacingError('exists');
}

export interface Placement<T> {
  readonly destination: string;
  /** Permission bits. */
  readonly mode: number;
  readonly write: (file: FileHandle) => Promise<T>;
  /** link(2) when not said. */
  readonly giveName?: (from: string, to: string) => Promise<void>;
}

/**
 * Gives a file its name when all of it is on the disk, and never the name of what is there. Takes away what those that were killed
 * have left in that folder. Throws `PlacingError`; nothing has that name then.
 */
export async function placeFile<T>(placement: Placement<T>): Promise<T> {
  const { destination, giveName = link } = placement;
  const folder = dirname(destination);
  const serial = randomBytes(6).toString('hex');
  const unfinished = join(folder, `.countersign-${process.pid}-${serial}.part`);
  try {
    const [result, status] = await written(unfinished, placement);
    await removeLeftBehind(folder, status);
    try {
      // link(2): unlike a rename it never takes the place of what is there.
      await giveName(unfinished, destination);
    } catch (error) {
      if (!withoutLinks.has(codeOf(error))) throw error;
      await renameToNew(unfinished, destination);
    }
    return result;
  } catch (cause) {
    const reason = codeOf(cause) === 'EEXIST' ? 'exists' : 'not-writable';
    throw new PlacingError(reason, { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function written<T>(
  path: string,
  { mode, write }: Placement<T>,
): Promise<readonly [T, Stats]> {
  const file = await open(path, 'wx', mode | 0o200);
  try {
    const result = await write(file);
    await file.chmod(mode);
    await file.sync();
    return [result, await file.stat()];
  } finally {
    await file.close();
  }
}

/** File systems of memory sticks know no second name for a file; `EISDIR` is how libuv tells it on Windows (ERROR_INVALID_FUNCTION). */
const withoutLinks: ReadonlySet<string> = new Set([
  ...['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'],
]);

/** Takes the name first, by an empty file, and its place then: whoever is killed between leaves nothing that is half. */
async function renameToNew(from: string, to: string): Promise<void> {
  await (await open(to, 'wx')).close();
  try {
    await rename(from, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

const leftover = /^\.countersign-(\d{1,10})-[0-9a-f]{12}\.part$/;
/** Milliseconds. On another computer that has the folder too, a process is not seen: it writes all the time. */
const quiet = 60_000;

/** By the clock of the file system, which is that of what was written just now. */
async function removeLeftBehind(folder: string, { mtimeMs: now }: Stats): Promise<void> {
  // A folder that only takes files in is good enough for one.
  for (const entry of await readdir(folder).catch(() => [])) {
    const owner = Number(leftover.exec(entry)?.[1]);
    if (Number.isNaN(owner) || isRunning(owner)) continue;
    const path = join(folder, entry);
    const status = await lstat(path).catch(() => null);
    if (status?.isFile() !== true || !isOwn(status) || now - status.mtimeMs < quiet) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Windows has no such numbers. */
const isOwn = ({ uid }: Stats): boolean => process.getuid === undefined || uid === process.getuid();

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
