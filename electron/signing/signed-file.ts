import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, stat, type FileHandle } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { assertFree as isFree, placeFile, PlacingError } from './placed-file.ts';
import { SigningError } from './signing-error.ts';

export interface FileToSign {
  /** Absolute paths; nothing may be at the second yet. */
  readonly source: string;
  readonly destination: string;
}

interface CopiedFile {
  readonly input: string;
  readonly output: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Programs tell scripts apart by their names; nothing else of a person's name for a file reaches them. */
const extension = /^\.[a-z0-9]{1,8}$/i;

/** A copy that nobody changes while it is signed. Throws `SigningError`. */
export async function copyToSign(source: string, directory: string): Promise<CopiedFile> {
  const found = extname(source);
  const end = extension.test(found) ? found : '';
  const input = join(directory, `input${end}`);
  try {
    const status = await stat(source);
    if (!status.isFile()) throw new SigningError('unreadable', source);
    await copyFile(source, input, constants.COPYFILE_EXCL);
    return { input, output: join(directory, `output${end}`), mode: status.mode & 0o777 };
  } catch (cause) {
    if (cause instanceof SigningError) throw cause;
    throw new SigningError('unreadable', source, { cause });
  }
}

/** Before anybody is asked for a PIN. Throws `SigningError` `exists`. */
export const assertFree = (path: string): Promise<void> => told(path, isFree(path));

interface Signed {
  readonly from: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Gives what was signed its name. Resolves to its SHA-256, hex; throws `SigningError`. */
export function placeSigned({ from, mode }: Signed, destination: string): Promise<string> {
  const write = (file: FileHandle) => copied(from, file);
  return told(destination, placeFile({ destination, mode, write }));
}

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof PlacingError)) throw cause;
    throw new SigningError(cause.reason, path, { cause });
  }
}

async function copied(from: string, file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const octets of createReadStream(from)) {
    hash.update(octets as Buffer);
    await file.writeFile(octets as Buffer);
  }
  return hash.digest('hex');
}
