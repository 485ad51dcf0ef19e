import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { InstallFault } from '../../shared/failure.ts';
import { InstallError } from './install-target.ts';

export interface CredentialFile {
  /** Where the person wants it; the directory must be there already. */
  readonly path: string;
  /** PEM certificates, or a PKCS #12. */
  readonly data: Uint8Array;
  /** What to do with a file that is there already. `replace` only when the person said so. */
  readonly existing: 'refuse' | 'replace';
}

/** Saves a credential for its owner's eyes only: all of it or nothing. Throws `InstallError`. */
export async function saveCredentialFile({ path, data, existing }: CredentialFile): Promise<void> {
  const unfinished = join(dirname(path), `.countersign-${randomBytes(6).toString('hex')}.part`);
  let claimed = false;
  try {
    if (existing === 'refuse') {
      await writeNew(path, new Uint8Array());
      claimed = true;
    }
    await writeNew(unfinished, data);
    await rename(unfinished, path);
    claimed = false;
    await assertSame(path, data);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (claimed) await rm(path, { force: true });
    if (error instanceof InstallError) throw error;
    throw new InstallError('file', faultOf(error), path, { cause: error });
  }
}

/** Throws `InstallError` `proof-failed` unless this passphrase opens the file and its key fits its certificate. */
export function assertPkcs12Opens(pkcs12: Uint8Array, passphrase: string): void {
  try {
    createSecureContext({ pfx: Buffer.from(pkcs12), passphrase });
  } catch (error) {
    throw new InstallError('file', 'proof-failed', 'PKCS #12', { cause: error });
  }
}

/** On the disk, not in its cache, before it gets its name: a rename must not outlive what it names. */
async function writeNew(path: string, data: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function assertSame(path: string, data: Uint8Array): Promise<void> {
  if (!Buffer.from(data).equals(await readFile(path))) {
    throw new InstallError('file', 'proof-failed', path);
  }
}

const faults: Readonly<Record<string, InstallFault>> = {
  EEXIST: 'refused',
  EISDIR: 'refused',
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
};

function faultOf(error: unknown): InstallFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return faults[code] ?? 'store-not-writable';
}
