import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A library of Debian, which lies in a folder with the name of the architecture; fails with what to install. */
export async function multiarchFile(name: string, debianPackage: string): Promise<string> {
  for (const folder of await readdir('/usr/lib')) {
    const path = join('/usr/lib', folder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new Error(`${name} is missing: run "apt-get install ${debianPackage}"`);
}
