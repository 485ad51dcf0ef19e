import { constants } from 'node:fs';
import { access, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { administratorPrograms as programs } from '../../platform/administrator-programs.ts';
import { InstallError, type KnownCredential } from '../install-target.ts';
import {
  runAsAdministrator,
  type AdministratorOutcome,
  type AdministratorRequest,
} from '../run-as-administrator.ts';
import { dropNote, keptSuffix, noteOf, silent, type Before } from './kept-aside.ts';
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

/** As the two targets name their files: no path, and nothing that a program would take for an option of its own. */
const name = /^[=A-Za-z0-9_ -]{1,120}\.(?:conf|8021x)$/;

/** A network program's own files, which hold secrets: for administrators alone. Every method throws `InstallError`. */
export class SystemFiles {
  readonly directory: string;
  readonly #options: SystemFilesOptions;
  /** What stands in front of a program that takes an administrator's rights. */
  readonly #elevation: readonly string[];

  constructor(options: SystemFilesOptions) {
    const { directory, isAdministrator, elevate = programs.elevate } = options;
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

  /** A copy of a file of the person's, in place of what was there, and of nobody's but the administrators'. */
  async put(file: string, source: string): Promise<void> {
    this.#expect(await this.#install(file, source, {}));
  }

  /**
   * As `put`, of what may be somebody else's: that stays beside it, under a name that the program does not read. Whether there was
   * something is noted beside `source`; neither is left there when nobody gave a password.
   */
  async putKeeping(file: string, source: string): Promise<void> {
    const note = await open(noteOf(source), 'w', 0o600);
    try {
      const outcome = await this.#install(file, source, { note });
      if (outcome === 'done' && (await note.stat()).size === 0) await note.writeFile(silent);
      if (outcome === 'declined' || outcome === 'missing') {
        await dropNote(source);
        await rm(source, { force: true });
      }
      this.#expect(outcome);
    } finally {
      await note.close();
    }
  }

  /** What is not there is no error. `before`: as it was noted; what was kept is given back. */
  async remove(file: string, before: Before | null = null): Promise<void> {
    const path = this.pathOf(file);
    if (before === 'untouched') return;
    if (before === 'kept' || before === 'unknown') {
      const outcome = await this.#run(programs.move, [
        ...['-f', '-T', '--', `${path}${keptSuffix}`, path],
      ]);
      if (outcome !== 'failed') {
        this.#expect(outcome);
        return;
      }
      // Nothing is kept: an administrator has put it back, and what is there is theirs.
      if (before === 'kept') return;
    }
    this.#expect(await this.#run(programs.remove, ['-f', '--', path]));
  }

  async #install(
    file: string,
    source: string,
    { note }: { readonly note?: FileHandle },
  ): Promise<AdministratorOutcome> {
    const path = this.pathOf(file);
    const owner = this.#options.isAdministrator ? [] : ['-o', 'root', '-g', 'root'];
    const content = await open(source, 'r');
    try {
      const backup = note ? ['-v', '--backup=simple', `--suffix=${keptSuffix}`] : [];
      const words = ['-D', '-m', '0600', ...owner, ...backup, '/dev/stdin', path];
      const output = note && { output: note.fd };
      return await this.#run(programs.install, words, { input: content.fd, ...output });
    } finally {
      await content.close();
    }
  }

  #run(
    program: string,
    parameters: readonly string[],
    files: Pick<AdministratorRequest, 'input' | 'output'> = {},
  ): Promise<AdministratorOutcome> {
    const environment = { PATH: '/usr/bin:/bin' };
    return runAsAdministrator({
      ...{ elevation: this.#elevation, program, parameters, environment },
      ...files,
    });
  }

  #expect(outcome: AdministratorOutcome): void {
    if (outcome === 'done') return;
    if (outcome !== 'missing') throw this.#error('store-not-writable', this.directory);
    throw this.#error('tool-missing', this.#elevation[0] ?? programs.install);
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
