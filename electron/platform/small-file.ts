import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A path that should lead to a small file leads to something else. */
export class SmallFileError extends Error {
  readonly code = 'small-file';
  readonly reason: 'not-a-file' | 'too-large';

  constructor(path: string, reason: SmallFileError['reason']) {
    super(`reading ${path}: ${reason}`);
    this.name = 'SmallFileError';
    this.reason = reason;
  }
}

/** The whole of a file of at most `limit` octets; throws `SmallFileError`, or what the file system says. */
export async function readSmallFile(path: string, limit: number): Promise<Buffer> {
  // open(2): without O_NONBLOCK a named pipe would be waited for. Windows knows no such flag, and adds nothing.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new SmallFileError(path, 'not-a-file');
    if (status.size > limit) throw new SmallFileError(path, 'too-large');
    // One more, so that a file that grows meanwhile is noticed.
    const octets = Buffer.alloc(status.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(octets, length, octets.length - length);
      length += bytesRead;
      if (bytesRead === 0) return octets.subarray(0, length);
      if (length > status.size) throw new SmallFileError(path, 'too-large');
    }
  } finally {
    await file.close();
  }
}
