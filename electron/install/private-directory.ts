import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Lends a new directory that only this person can enter, and takes it away with all that is in it. */
export async function withPrivateDirectory<T>(
  parent: string,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  // mkdtemp(3) makes it with mode 0700.
  const directory = await mkdtemp(join(parent, 'countersign-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
