import { execFile, type ExecFileException } from 'node:child_process';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ToolRequest {
  /** A program's name, looked for in `searchPath`; no shell reads it. */
  readonly program: string;
  readonly parameters: readonly string[];
  /** Colon-separated directories, as in `PATH`. */
  readonly searchPath: string;
  readonly home: string;
  /** What else of an environment the program needs; bare when not said. */
  readonly environment?: Environment;
  /** In which it reads and writes what is not ASCII; `C` when not said. */
  readonly locale?: 'C' | 'C.UTF-8';
  /** What the program reads; nothing when not said. */
  readonly input?: string | Uint8Array;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
  /** Aborted, the program is killed at once. */
  readonly signal?: AbortSignal;
}

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The program was not found, did not end in time, or did not end by itself. */
export class ToolError extends Error {
  readonly code = 'tool';
  readonly program: string;
  readonly reason: 'missing' | 'timeout' | 'broken';

  constructor(program: string, reason: ToolError['reason'], options?: ErrorOptions) {
    super(`running ${program}: ${reason}`, options);
    this.name = 'ToolError';
    this.program = program;
    this.reason = reason;
  }
}

const defaultTimeout = 30_000;
const maximumOutput = 4 * 1024 * 1024;

/**
 * Runs a program in an environment that is bare but for what is said. Resolves for every exit code; throws `ToolError`, and what
 * the signal was aborted with.
 */
export function runTool(request: ToolRequest): Promise<ToolResult> {
  const { program, parameters, searchPath, home, input } = request;
  const { timeout = defaultTimeout, locale = 'C', signal } = request;
  const options = {
    env: { ...request.environment, PATH: searchPath, HOME: home, LC_ALL: locale },
    timeout,
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
    maxBuffer: maximumOutput,
    encoding: 'buffer',
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...parameters], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === 'number') {
        resolve({ exitCode, stdout, stderr: stderr.toString('utf8') });
      } else if (signal?.aborted === true) {
        reject(signal.reason as Error);
      } else {
        reject(new ToolError(program, reasonOf(error), { cause: error }));
      }
    });
    // A program that ended without reading all of it says itself why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function reasonOf(error: ExecFileException | null): ToolError['reason'] {
  const { code, killed } = error ?? {};
  if (code === 'ENOENT') return 'missing';
  // Killed for too much output has a code, killed for too much time has none.
  return killed && (code === null || code === undefined) ? 'timeout' : 'broken';
}
