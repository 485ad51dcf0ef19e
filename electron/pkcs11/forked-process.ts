import { fork, type ChildProcess } from 'node:child_process';
import type { TokenChild, TokenProcessLauncher } from './token-child.ts';

export interface ForkedProcessOptions {
  /** File of the token process. */
  readonly program: string;
  /** What modules read; that of this process when not said. */
  readonly env?: NodeJS.ProcessEnv;
  /** `inherit` for who looks for a mistake: modules write what they like there, PINs perhaps. */
  readonly output?: 'ignore' | 'inherit';
}

/** Token processes by Node's `fork`, for programs without a window. */
export class ForkedProcessLauncher implements TokenProcessLauncher {
  readonly #options: ForkedProcessOptions;

  constructor(options: ForkedProcessOptions) {
    this.#options = options;
  }

  start(_modulePath: string, name: string): TokenChild {
    const { program, env = process.env, output = 'ignore' } = this.#options;
    const child = fork(program, [name], {
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
      env,
      // Flags of this process are not meant for it: a debugger's port would be taken twice.
      execArgv: [],
    });
    // What is going on keeps a program alive, not the process that waits for more.
    child.unref();
    child.channel?.unref();
    return new ForkedProcess(child);
  }
}

class ForkedProcess implements TokenChild {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  post(message: unknown): void {
    // That it cannot be reached any more is told by its end.
    this.#child.send(message as object, () => undefined);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  onExit(listener: () => void): void {
    let isOver = false;
    const end = (): void => {
      if (!isOver) listener();
      isOver = true;
    };
    this.#child.on('exit', end);
    this.#child.on('error', end);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
