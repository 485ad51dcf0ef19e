import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, lstat, open, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
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
export async function assertFree(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw new SigningError('not-writable', path, { cause });
  }
  throw new SigningError('exists', path);
}

/** Gives it its name when all of it is on the disk, and never what has that name already. Resolves to its SHA-256, hex. */
export async function placeSigned(
  { from, mode }: { readonly from: string; readonly mode: number },
  destination: string,
): Promise<string> {
  const unfinished = join(
    dirname(destination),
    `.countersign-${randomBytes(6).toString('hex')}.part`,
  );
  try {
    const digest = await copied(from, unfinished, mode);
    // link(2): unlike a rename it never takes the place of what is there.
    await link(unfinished, destination);
    return digest;
  } catch (cause) {
    const reason = codeOf(cause) === 'EEXIST' ? 'exists' : 'not-writable';
    throw new SigningError(reason, destination, { cause });
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function copied(from: string, to: string, mode: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(to, 'wx', mode | 0o200);
  try {
    for await (const octets of createReadStream(from)) {
      hash.update(octets as Buffer);
      await file.writeFile(octets as Buffer);
    }
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
