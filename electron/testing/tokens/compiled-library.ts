import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../server-program.ts';

const options = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared'];
const cache = join(import.meta.dirname, '../../../.cache/test-libraries');

/**
 * The library that a C file of this folder makes, with the headers that it includes. Compiled once for each state of
 * them; processes that do so at once do not disturb each other.
 */
export async function compiledLibrary(
  source: string,
  headers: readonly string[] = [],
): Promise<string> {
  const hash = createHash('sha256').update([...options, process.arch].join());
  for (const file of [source, ...headers]) {
    hash.update(await readFile(join(import.meta.dirname, file)));
  }
  const library = join(cache, `${hash.digest('hex').slice(0, 16)}.so`);
  if (existsSync(library)) return library;
  requireProgram('gcc', 'gcc');
  await mkdir(cache, { recursive: true });
  const fresh = join(cache, `${process.pid}-${performance.now()}.new`);
  await promisify(execFile)(
    'gcc',
    [...options, '-I/usr/include/p11-kit-1', source, '-o', fresh, '-ldl', '-lpthread'],
    { cwd: import.meta.dirname },
  );
  await rename(fresh, library);
  return library;
}
