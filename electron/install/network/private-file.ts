import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a directory that only this person can enter, or closes one that is there to others. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** Writes all of a file for this person alone, in place of one that is there, or leaves that as it is. */
export async function writePrivateFile(path: string, data: string | Uint8Array): Promise<void> {
  const unfinished = join(dirname(path), `.${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(data);
      // A rename must not outlive what it names.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
