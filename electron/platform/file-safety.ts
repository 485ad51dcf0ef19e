import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { posix } from 'node:path';

/** By their numbers, who may decide what a file contains. */
export interface TrustedWriters {
  readonly users: readonly number[];
  readonly groups: readonly number[];
}

/** What a path leads over is no chain of directories and links; the cause says why where the file system did. */
export class PathError extends Error {
  readonly code = 'ELOOP';

  constructor(path: string) {
    super(`following ${path}: too many symbolic links`);
    this.name = 'PathError';
  }
}

// path_resolution(7): the kernel follows as many.
const mostLinks = 40;

/**
 * The first file, directory or link on the way of an absolute path by which somebody who is not trusted could put
 * another file there; `null` when there is none. Throws what the file system says of a path that leads nowhere.
 */
export async function weakPoint(path: string, trusted: TrustedWriters): Promise<string | null> {
  const ahead = path.split('/');
  let current = '/';
  for (let links = 0; ahead.length > 0;) {
    const next = posix.join(current, ahead.shift() ?? '');
    const status = await lstat(next);
    if (!isTrusted(status, trusted)) return next;
    if (!status.isSymbolicLink()) {
      current = next;
      continue;
    }
    if (++links > mostLinks) throw new PathError(path);
    const target = await readlink(next);
    if (posix.isAbsolute(target)) current = '/';
    ahead.unshift(...target.split('/'));
  }
  return null;
}

function isTrusted(status: Stats, { users, groups }: TrustedWriters): boolean {
  // Owners can give themselves the right to write.
  if (!users.includes(status.uid)) return false;
  // symlink(7): the mode of a link means nothing.
  if (status.isSymbolicLink()) return true;
  const openToOthers = (status.mode & 0o002) !== 0;
  const openToGroup = (status.mode & 0o020) !== 0 && !groups.includes(status.gid);
  if (!openToOthers && !openToGroup) return true;
  // inode(7): in a sticky directory only the owner of an entry replaces it, and entries are looked at next.
  return status.isDirectory() && (status.mode & 0o1000) !== 0;
}
