import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../server-program.ts';

/** Compiles shared objects of a few lines into a directory, as `lib<name>.so`, and says where each is. */
export class SmallLibraries {
  readonly directory: string;

  constructor(directory: string) {
    requireProgram('gcc', 'gcc');
    this.directory = directory;
  }

  async build(name: string, source: string, ...options: readonly string[]): Promise<string> {
    const path = join(this.directory, `lib${name}.so`);
    await this.#compile(name, source, [
      '-shared',
      '-fPIC',
      '-o',
      path,
      `-Wl,-soname,lib${name}.so`,
      ...options,
    ]);
    return path;
  }

  /** Any other output of the compiler. */
  async compile(file: string, source: string, ...options: readonly string[]): Promise<string> {
    const path = join(this.directory, file);
    await this.#compile(file, source, ['-o', path, ...options]);
    return path;
  }

  async #compile(name: string, source: string, options: readonly string[]): Promise<void> {
    const file = join(this.directory, `${name}.c`);
    await writeFile(file, source);
    // After the source: the linker leaves out libraries that nothing before them needs.
    await promisify(execFile)('gcc', [file, ...options], { cwd: this.directory });
  }
}

/** The least that has the entry of a module; it answers CKR_GENERAL_ERROR. */
export const entrySource =
  'unsigned long C_GetFunctionList(void **list) { *list = 0; return 5; }\n';
