import { createPrivateKey, randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface LentKey {
  /** An encrypted PKCS #8 in PEM. */
  readonly keyFile: string;
  readonly passphrase: Uint8Array;
}

/**
 * A key in software for a program that takes keys as files, for as long as the work lasts: encrypted under a passphrase that is
 * in no file. `pkcs8` is DER in clear, and stays the caller's to overwrite.
 */
export async function withLentKey<T>(
  directory: string,
  pkcs8: Uint8Array,
  work: (lent: LentKey) => Promise<T>,
): Promise<T> {
  const passphrase = Buffer.from(randomBytes(32).toString('base64url'));
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const keyFile = join(directory, 'key.pem');
  try {
    const encrypted = key.export({
      ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
    });
    await writeFile(keyFile, encrypted, { mode: 0o600, flag: 'wx' });
    return await work({ keyFile, passphrase });
  } finally {
    passphrase.fill(0);
    await rm(keyFile, { force: true });
  }
}
