import { open } from 'node:fs/promises';
import { ProfileError } from './errors.ts';
import { maximumProfileSize } from './profile.ts';

/** The text of a profile file that somebody chose or opened. Throws `ProfileError`. */
export async function readProfileFile(path: string): Promise<string> {
  const bytes = await readStart(path);
  if (bytes.length > maximumProfileSize) {
    throw new ProfileError('too-large', 'the file is larger than a profile may be');
  }
  return bytes.toString('utf8');
}

/** One byte more than allowed at most: the file may be anything, and grow. */
async function readStart(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maximumProfileSize + 1));
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new ProfileError('not-a-profile', 'the file cannot be read', { cause: error });
  }
}
