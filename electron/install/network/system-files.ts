import { constants } from 'node:fs';
import { access, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError, type KnownCredential } from '../install-target.ts';
import { runAsAdministrator } from '../run-as-administrator.ts';
import type { NetworkTargetId } from './key-files.ts';

export interface SystemFilesOptions {
  readonly target: NetworkTargetId;
  /** Of the network program, which only administrators write. */
  readonly directory: string;
  /** Whether this process has an administrator's rights itself. */
  readonly isAdministrator: boolean;
  /** pkexec(1), a constant of ours: Debian's when not said. */
  readonly elevate?: string;
}

/** Run with an administrator's rights: constant, for nobody else may say what that is. */
const programs = {
  install: '/usr/bin/install',
  remove: '/usr/bin/rm',
} as const;

/** As the two targets name their files: no path, and nothing that a program would take for an option of its own. */
const name = /^[=A-Za-z0-9_ -]{1,120}\.(?:conf|8021x)$/;

/** A network program's own files, which hold secrets: for administrators alone. Every method throws `InstallError`. */
export class SystemFiles {
  readonly directory: string;
  readonly #options: SystemFilesOptions;
  /** What stands in front of a program that takes an administrator's rights. */
  readonly #elevation: readonly string[];

  constructor(options: SystemFilesOptions) {
    const { directory, isAdministrator, elevate = '/usr/bin/pkexec' } = options;
    this.directory = directory;
    this.#options = options;
    this.#elevation = isAdministrator ? [] : [elevate];
  }

  /** Throws when nothing could be written there, whoever agreed. */
  async check(): Promise<void> {
    for (const program of [programs.install, ...this.#elevation]) {
      await access(program, constants.X_OK).catch((cause: unknown) => {
        throw this.#error('tool-missing', program, cause);
      });
    }
  }

  /** Throws where a password would have to be asked for and nobody is there. */
  checkAttended({ isUnattended = false }: Pick<KnownCredential, 'isUnattended'>): void {
    if (!isUnattended || this.#options.isAdministrator) return;
    throw this.#error('administrator-needed', this.directory);
  }

  pathOf(file: string): string {
    if (!name.test(file)) throw this.#error('refused', 'the name of the file');
    return join(this.directory, file);
  }

  /** `null`: nothing is there. `undefined`: only administrators see what is. */
  async read(file: string): Promise<string | null | undefined> {
    try {
      return await readFile(this.pathOf(file), 'utf8');
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      if (code === 'EACCES') return undefined;
      throw error;
    }
  }

  /**
   * A copy of a file of the person's, in place of what was there, and of nobody's but the administrators'. `keep`: what was there
   * stays beside it, under a name that the program does not read.
   */
  async put(file: string, source: string, { keep = false } = {}): Promise<void> {
    const path = this.pathOf(file);
    const owner = this.#options.isAdministrator ? [] : ['-o', 'root', '-g', 'root'];
    const content = await open(source, 'r');
    try {
      const backup = keep ? ['--backup=simple', '--suffix=.before-countersign'] : [];
      const words = ['-D', '-m', '0600', ...owner, ...backup, '/dev/stdin', path];
      await this.#run(programs.install, words, content.fd);
    } finally {
      await content.close();
    }
  }

  /** What is not there is no error. */
  async remove(file: string): Promise<void> {
    await this.#run(programs.remove, ['-f', '--', this.pathOf(file)]);
  }

  async #run(program: string, parameters: readonly string[], input?: number): Promise<void> {
    const elevation = this.#elevation;
    const outcome = await runAsAdministrator({
      ...{ elevation, program, parameters, environment: { PATH: '/usr/bin:/bin' } },
      ...(input !== undefined && { input }),
    });
    if (outcome === 'done') return;
    if (outcome === 'missing') throw this.#error('tool-missing', elevation[0] ?? program);
    throw this.#error('store-not-writable', this.directory);
  }

  #error(
    reason: 'refused' | 'tool-missing' | 'store-not-writable' | 'administrator-needed',
    detail: string,
    cause?: unknown,
  ): InstallError {
    return new InstallError(this.#options.target, reason, detail, { cause });
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
