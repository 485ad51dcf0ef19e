import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { DocumentError } from './document-error.ts';
import { assertFree as isFree, placeFile, PlacingError } from './placed-file.ts';

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
export const assertFree = (path: string): Promise<void> =>
  told('looking for a place', isFree(path));

/** Writes a document under a name that nothing has: all of it or nothing. Throws `DocumentError`. */
export function writeDocument(destination: string, { octets, mode }: DocumentFile): Promise<void> {
  const write = (file: FileHandle) => file.writeFile(octets);
  return told('saving a document', placeFile({ destination, mode, write }));
}

async function told(doing: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    if (!(cause instanceof PlacingError)) throw cause;
    throw new DocumentError(cause.reason, doing, { cause });
  }
}
