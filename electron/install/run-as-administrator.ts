import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Environment } from './run-tool.ts';

/** Constants of ours, all but what the input holds: nobody else may say what is run with an administrator's rights. */
export interface AdministratorRequest {
  /** pkexec(1) and its options; empty: this process has such rights itself. */
  readonly elevation: readonly string[];
  /** An absolute path. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** A file that is open for reading: a program cannot open by name the socket that Node would make of a pipe. */
  readonly input?: number;
  /** A file that is open for writing, for what the program prints. */
  readonly output?: number;
  readonly environment: Environment;
}

/** `declined`: the question for the password was dismissed. `missing`: there is no such program. `failed`: it ran, and could not. */
export type AdministratorOutcome = 'done' | 'declined' | 'refused' | 'missing' | 'failed';

/** Milliseconds. Somebody has to find a password, or somebody who has it. */
const patience = 10 * 60_000;
// pkexec(1): the question was dismissed, or there was nobody to ask it.
const dismissed = 126;

/** Runs a program with an administrator's rights, whose password the desktop asks for where it takes one. */
export async function runAsAdministrator({
  elevation,
  program,
  parameters,
  input,
  output,
  environment,
}: AdministratorRequest): Promise<AdministratorOutcome> {
  const [first = program, ...others] = [...elevation, program, ...parameters];
  try {
    const child = spawn(first, others, {
      ...{ stdio: [input ?? 'ignore', output ?? 'ignore', 'ignore'], cwd: '/', timeout: patience },
      env: { ...environment, LC_ALL: 'C' },
    });
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    if (exitCode === 0) return 'done';
    if (exitCode !== null && exitCode < dismissed) return 'failed';
    return exitCode === dismissed && elevation.length > 0 ? 'declined' : 'refused';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) return 'missing';
    // What has an administrator's rights by now cannot be ended by us.
    if (code === 'EPERM') return 'refused';
    throw error;
  }
}
