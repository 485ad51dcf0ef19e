import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';

/** Where OpenSSL 3 and 1.1 keep their engines: Debian below the name of the architecture, others beside the libraries. */
const libraryDirectories = ['/usr/lib64', '/usr/lib'];
const engineDirectories = ['engines-3', 'engines-1.1'];

/** libp11's engine, by which wpa_supplicant reaches keys on tokens; `undefined`: none was found. */
export function opensslEngine(): string | undefined {
  const directories = libraryDirectories.flatMap((directory) => [
    directory,
    ...subdirectories(directory).filter((each) => each.endsWith('-linux-gnu')),
  ]);
  return directories
    .flatMap((directory) =>
      engineDirectories.map((each) => posix.join(directory, each, 'pkcs11.so')),
    )
    .find((path) => existsSync(path));
}

const subdirectories = (directory: string): readonly string[] =>
  existsSync(directory) ? readdirSync(directory).map((name) => posix.join(directory, name)) : [];
