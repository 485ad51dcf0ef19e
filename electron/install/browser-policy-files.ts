import { open, readdir, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { BrowserPolicyLocation } from '../platform/platform.ts';
import { readSmallFile, SmallFileError } from '../platform/small-file.ts';
import { withPrivateDirectory } from './private-directory.ts';
import { isProgram } from './program-file.ts';
import { runAsAdministrator } from './run-as-administrator.ts';
import type { Environment } from './run-tool.ts';

export interface PolicyFilesOptions {
  /** Constants of ours: they are run with an administrator's rights. */
  readonly programs: BrowserPolicyLocation['programs'];
  /** No password has to be asked for. */
  readonly isAdministrator: boolean;
  readonly temporaryDirectory: string;
  /** By which the desktop's question for the password finds its screen. */
  readonly environment: Environment;
}

/** `declined`: the person gave no password. */
export type WriteOutcome = 'done' | 'declined' | 'refused';

const maximumSize = 1024 * 1024;

/** Files that administrators write and everybody reads. */
export class PolicyFiles {
  readonly #options: PolicyFilesOptions;

  constructor(options: PolicyFilesOptions) {
    this.#options = options;
  }

  get asksForPassword(): boolean {
    return !this.#options.isAdministrator;
  }

  /** Whether writing can be tried at all. */
  get canWrite(): boolean {
    const { isAdministrator, programs } = this.#options;
    return isAdministrator || isProgram(programs.elevate);
  }

  /** `null`: there is none. What is no text of a small file is empty. */
  async read(path: string): Promise<string | null> {
    try {
      const octets = await readSmallFile(path, maximumSize);
      return new TextDecoder('utf-8', { fatal: true }).decode(octets);
    } catch (error) {
      if (isMissing(error)) return null;
      if (error instanceof SmallFileError || error instanceof TypeError || isClosed(error)) {
        return '';
      }
      throw error;
    }
  }

  /** In the order in which Chromium reads them: what the last one says holds. */
  async namesIn(directory: string): Promise<readonly string[]> {
    try {
      return (await readdir(directory)).sort((one, other) =>
        Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
    } catch (error) {
      if (isMissing(error) || isClosed(error)) return [];
      throw error;
    }
  }

  /** `path` is a constant of ours. */
  async write(path: string, text: string): Promise<WriteOutcome> {
    const { install } = this.#options.programs;
    const words = ['-D', '-m', '0644', '-o', 'root', '-g', 'root', '/dev/stdin', path];
    const outcome = await this.#run(install, words, text);
    if (outcome !== 'done') return outcome;
    return (await this.read(path)) === text ? 'done' : 'refused';
  }

  async remove(path: string): Promise<WriteOutcome> {
    const outcome = await this.#run(this.#options.programs.remove, ['-f', '--', path], '');
    if (outcome !== 'done') return outcome;
    return (await this.read(path)) === null ? 'done' : 'refused';
  }

  #run(program: string, parameters: readonly string[], input: string): Promise<WriteOutcome> {
    const { isAdministrator, programs, temporaryDirectory, environment } = this.#options;
    const elevation = isAdministrator ? [] : [programs.elevate, '--disable-internal-agent'];
    return withPrivateDirectory(temporaryDirectory, async (directory) => {
      const file = posix.join(directory, 'policy');
      await writeFile(file, input, { mode: 0o600 });
      const handle = await open(file);
      try {
        const outcome = await runAsAdministrator({
          ...{ elevation, program, parameters, environment },
          input: handle.fd,
        });
        return outcome === 'missing' || outcome === 'failed' ? 'refused' : outcome;
      } finally {
        await handle.close();
      }
    });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
const isClosed = (error: unknown): boolean =>
  ['EACCES', 'EPERM', 'EISDIR', 'ENXIO'].includes(codeOf(error));
