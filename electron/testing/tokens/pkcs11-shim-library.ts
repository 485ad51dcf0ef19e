import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../server-program.ts';

const sources = ['pkcs11-shim.c', 'pkcs11-shim-control.h', 'pkcs11-shim-pins.h'];
const options = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared'];
const cache = join(import.meta.dirname, '../../../.cache/pkcs11-shim');

/** The compiled shim, made once for each state of its source; processes that do so at once do not disturb each other. */
export async function pkcs11ShimLibrary(): Promise<string> {
  const hash = createHash('sha256').update([...options, process.arch].join());
  for (const source of sources) hash.update(await readFile(join(import.meta.dirname, source)));
  const library = join(cache, `${hash.digest('hex').slice(0, 16)}.so`);
  if (existsSync(library)) return library;
  requireProgram('gcc', 'gcc');
  await mkdir(cache, { recursive: true });
  const fresh = join(cache, `${process.pid}-${performance.now()}.new`);
  await promisify(execFile)(
    'gcc',
    [...options, '-I/usr/include/p11-kit-1', 'pkcs11-shim.c', '-o', fresh, '-ldl', '-lpthread'],
    { cwd: import.meta.dirname },
  );
  await rename(fresh, library);
  return library;
}
