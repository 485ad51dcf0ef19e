import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Lends a secret to a program that wants to read it from a file. The file is a named pipe, so that no disk ever has
 * the secret, and nothing is left of it however this process or the program ends. (What Node connects a child's
 * standard input to is a socket, and a socket cannot be opened by the name `/dev/stdin`.)
 */
export async function lendSecret<T>(
  pipe: string,
  secret: string | Uint8Array,
  use: () => Promise<T>,
): Promise<T> {
  // Whether the program got it, the program says itself.
  const lent = Promise.allSettled([write(pipe, secret)]);
  try {
    return await use();
  } finally {
    // A program that ended without opening the pipe would leave our end waiting for a reader for ever.
    const reader = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    await lent;
    await reader.close();
  }
}

/** Opening waits until somebody opens the other end. */
async function write(pipe: string, secret: string | Uint8Array): Promise<void> {
  const writer = await open(pipe, constants.O_WRONLY);
  try {
    await writer.writeFile(secret);
  } finally {
    await writer.close();
  }
}
