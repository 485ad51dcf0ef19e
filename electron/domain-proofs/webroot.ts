import { lstat, mkdir, open, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {
  DomainProof,
  ProofCleanup,
  ProofRequest,
  ProofSubject,
} from '../acme/domain-proof.ts';
import { DomainProofError } from './domain-proof-error.ts';
import { http01Path, http01Resource, suitsHttp01 } from './http-01.ts';

/** Answers `http-01` by a file below the directory that a web server serves (RFC 8555 §8.3). */
export class WebrootProof implements DomainProof {
  readonly type = 'http-01';
  readonly #root: string;

  /** `root` is what the web server serves as `/`; it exists. */
  constructor(root: string) {
    this.#root = root;
  }

  suits(subject: ProofSubject): boolean {
    return suitsHttp01(subject);
  }

  async prepare(request: ProofRequest): Promise<ProofCleanup> {
    request.signal?.throwIfAborted();
    const { token, body } = http01Resource(request);
    const file = join(this.#root, http01Path(token));
    const folder = dirname(file);
    const undo: ProofCleanup[] = [];
    try {
      const outer = await directoryAt(dirname(folder), undo);
      await write({ file, body, folders: [outer, await directoryAt(folder, undo)] }, undo);
    } catch (cause) {
      // Why it failed is worth more than that not all of it could be taken away.
      await undoAll(undo).catch(() => undefined);
      if (cause instanceof DomainProofError) throw cause;
      throw new DomainProofError('webroot', 'writing the file that the CA asks for', { cause });
    }
    return () => undoAll(undo);
  }
}

/** What is at a path, told apart from whatever may take its place. */
interface Entry {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/** A link could have files written, and directories made, where nobody meant them to be. */
async function directoryAt(path: string, undo: ProofCleanup[]): Promise<Entry> {
  const isNew = await make(path);
  const { isDirectory, ...entry } = await entryAt(path);
  if (!isDirectory) throw linked();
  if (isNew) undo.push(() => removeIfEmpty(entry));
  return entry;
}

/** Whether it was not there before. */
async function make(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

interface Writing {
  readonly file: string;
  readonly body: string;
  readonly folders: readonly Entry[];
}

async function write({ file, body, folders }: Writing, undo: ProofCleanup[]): Promise<void> {
  // Nobody's file is overwritten, and no link is followed; the web server is another user.
  const handle = await open(file, 'wx', 0o644);
  try {
    const { dev: device, ino: inode } = await handle.stat({ bigint: true });
    const entry = { path: file, device, inode };
    undo.push(async () => {
      if (await isStillThere(entry)) await rm(file, { force: true });
    });
    // A link may have come between the look at the directories and the file.
    for (const folder of folders) if (!(await isStillThere(folder))) throw linked();
    await handle.writeFile(body);
  } finally {
    await handle.close();
  }
}

const linked = (): DomainProofError =>
  new DomainProofError('webroot', 'following links below the web root');

async function entryAt(path: string): Promise<Entry & { readonly isDirectory: boolean }> {
  const found = await lstat(path, { bigint: true });
  return { path, device: found.dev, inode: found.ino, isDirectory: found.isDirectory() };
}

async function isStillThere({ path, device, inode }: Entry): Promise<boolean> {
  try {
    const found = await entryAt(path);
    return found.device === device && found.inode === inode;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
    throw error;
  }
}

/** The last step first, and the others too when one fails. */
async function undoAll(steps: ProofCleanup[]): Promise<void> {
  const step = steps.pop();
  if (step === undefined) return;
  try {
    await step();
  } finally {
    await undoAll(steps);
  }
}

async function removeIfEmpty(directory: Entry): Promise<void> {
  if (!(await isStillThere(directory))) return;
  try {
    await rmdir(directory.path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) throw error;
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
