import { mkdir, realpath, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
    const folder = join(file, '..');
    try {
      const made = await mkdir(folder, { recursive: true });
      await requireInside(this.#root, folder);
      // Nobody's file is overwritten, and no link is followed; the web server is another user.
      await writeFile(file, body, { flag: 'wx', mode: 0o644 });
      return () => cleanUp({ file, folder, made });
    } catch (cause) {
      if (cause instanceof DomainProofError) throw cause;
      throw new DomainProofError('webroot', 'writing the file that the CA asks for', { cause });
    }
  }
}

/** A link that leads out of the root would have the file written where nobody meant it to be. */
async function requireInside(root: string, folder: string): Promise<void> {
  const expected = join(await realpath(root), '.well-known', 'acme-challenge');
  if ((await realpath(folder)) === expected) return;
  throw new DomainProofError('webroot', 'following links below the web root');
}

interface Written {
  readonly file: string;
  readonly folder: string;
  /** The outermost directory that was not there before. */
  readonly made: string | undefined;
}

async function cleanUp({ file, folder, made }: Written): Promise<void> {
  await rm(file, { force: true });
  if (made === undefined) return;
  for (let at = folder; at.startsWith(made); at = join(at, '..')) {
    if (!(await removeIfEmpty(at))) return;
  }
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'ENOENT' || code === 'EEXIST') return code === 'ENOENT';
    throw error;
  }
}
