import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DocumentError } from './document-error.ts';

/** Octets. All of it is read, and held three times while it is signed. */
export const largestDocument = 64 * 1024 * 1024;

export interface DocumentFile {
  readonly octets: Buffer;
  /** Permission bits: the signed one is for the same people. */
  readonly mode: number;
}

/** Reads a document whole. Throws `DocumentError`. */
export async function readDocument(path: string): Promise<DocumentFile> {
  try {
    // open(2): without O_NONBLOCK a named pipe would be waited for. Windows knows no such flag, and adds nothing.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await file.stat();
      if (!status.isFile()) throw new DocumentError('unreadable', 'opening a document');
      if (status.size > largestDocument) throw new DocumentError('too-large', 'opening a document');
      return { octets: await file.readFile(), mode: status.mode & 0o777 };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof DocumentError) throw cause;
    throw new DocumentError('unreadable', 'opening a document', { cause });
  }
}

/** Before anybody is asked for a PIN; throws `DocumentError` `exists`. */
export async function assertFree(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw new DocumentError('not-writable', 'looking for a place', { cause });
  }
  throw new DocumentError('exists', 'looking for a place');
}

/** Writes a document under a name that nothing has: all of it or nothing. Throws `DocumentError`. */
export async function writeDocument(path: string, { octets, mode }: DocumentFile): Promise<void> {
  const unfinished = join(dirname(path), `.countersign-${randomBytes(6).toString('hex')}.part`);
  try {
    await writeNew(unfinished, { octets, mode });
    try {
      // link(2): unlike a rename it never takes the place of what is there.
      await link(unfinished, path);
    } catch (error) {
      if (!withoutLinks.has(codeOf(error))) throw error;
      await writeInPlace(path, { octets, mode });
    }
  } catch (cause) {
    const reason = codeOf(cause) === 'EEXIST' ? 'exists' : 'not-writable';
    throw new DocumentError(reason, 'saving a document', { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** File systems of memory sticks know no second name for a file. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function writeNew(path: string, { octets, mode }: DocumentFile): Promise<void> {
  const file = await open(path, 'wx', mode | 0o200);
  try {
    await file.writeFile(octets);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeInPlace(path: string, document: DocumentFile): Promise<void> {
  try {
    await writeNew(path, document);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await rm(path, { force: true });
    throw error;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
