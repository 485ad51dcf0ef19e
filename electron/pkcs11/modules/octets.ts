import type { FileHandle } from 'node:fs/promises';

/** The octets of a file that may be large: only what is asked for is read. */
export interface Octets {
  readonly size: number;
  /** Throws `DamagedLibrary` where the file has no such octets. */
  at(offset: number, length: number): Promise<DataView>;
}

/** A file claims to be a library, and what it says of itself does not hold. */
export class DamagedLibrary extends Error {
  readonly code = 'damaged-library';

  constructor(what: string) {
    super(`reading a library: ${what}`);
    this.name = 'DamagedLibrary';
  }
}

export function octetsOf(bytes: Uint8Array): Octets {
  return {
    size: bytes.length,
    at: (offset, length) =>
      inside(bytes.length, offset, length)
        ? Promise.resolve(new DataView(bytes.buffer, bytes.byteOffset + offset, length))
        : Promise.reject(outside()),
  };
}

export function octetsOfFile(file: FileHandle, size: number): Octets {
  return {
    size,
    async at(offset, length) {
      if (!inside(size, offset, length)) throw outside();
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead < length) throw outside();
      return new DataView(bytes.buffer);
    },
  };
}

// Tables that are read here are far smaller; who claims more has no library.
const mostAtOnce = 1024 * 1024;

function inside(size: number, offset: number, length: number): boolean {
  return (
    Number.isSafeInteger(offset) && offset >= 0 && length <= mostAtOnce && offset + length <= size
  );
}

const outside = (): DamagedLibrary => new DamagedLibrary('it points out of itself');
