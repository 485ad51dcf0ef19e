import { writeSync } from 'node:fs';
import type { Streams } from './output.ts';

/** Standard output and standard error, written at once: the process ends by itself, and not by what is still to be written. */
export function standardStreams(): Streams {
  const unread = new AbortController();
  return {
    out: (text) => {
      try {
        write(1, text);
      } catch (error) {
        if (!isCode(error, 'EPIPE')) throw error;
        unread.abort(error);
      }
    },
    error: (text) => {
      try {
        write(2, text);
      } catch (error) {
        // What is under way at a CA and on a token is not left by half because nobody follows it.
        if (!isCode(error, 'EPIPE')) throw error;
      }
    },
    unread: unread.signal,
  };
}

function write(descriptor: 1 | 2, text: string): void {
  const octets = Buffer.from(text);
  for (let at = 0; at < octets.length;) {
    try {
      at += writeSync(descriptor, octets, at);
    } catch (error) {
      if (!isCode(error, 'EAGAIN')) throw error;
    }
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
