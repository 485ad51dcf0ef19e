import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { channelDescriptor, FrameChannel } from './frame-channel.ts';
import type { TokenChild, TokenProcessLauncher } from './token-child.ts';

export interface ForkedProcessOptions {
  /** File of the token process. */
  readonly program: string;
  /** What modules read; that of this process when not said. */
  readonly env?: NodeJS.ProcessEnv;
  /** `inherit` for who looks for a mistake: modules write what they like there, PINs perhaps. */
  readonly output?: 'ignore' | 'inherit';
}

/**
 * Token processes as processes of Node's, for programs without a window. Node's own channel to such a process would end
 * this one at the first octet that is not as Node wrote it, and whoever is in a token process can write what they like.
 */
export class ForkedProcessLauncher implements TokenProcessLauncher {
  readonly #options: ForkedProcessOptions;

  constructor(options: ForkedProcessOptions) {
    this.#options = options;
  }

  start(_modulePath: string, name: string): TokenChild {
    const { program, env = process.env, output = 'ignore' } = this.#options;
    const child = spawn(process.execPath, [program, name], {
      // Windows wants to be told that a pipe is read and written at once.
      stdio: ['ignore', output, output, 'overlapped'],
      env,
      windowsHide: true,
    });
    // What is going on keeps a program alive, not the process that waits for more.
    child.unref();
    return new ForkedProcess(child);
  }
}

class ForkedProcess implements TokenChild {
  readonly #child: ChildProcess;
  readonly #channel: FrameChannel | null;
  readonly #listeners = new Set<(message: unknown) => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    const pipe = pipeOf(child);
    pipe?.unref();
    const tell = (message: unknown): void => {
      for (const listener of this.#listeners) listener(message);
    };
    const listener = { onMessage: tell, onMalformed: () => tell(null) };
    this.#channel = pipe && new FrameChannel(pipe, listener);
  }

  post(message: unknown): void {
    this.#channel?.post(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listeners.add(listener);
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

/** `null` when it could not be started, which is told by an event; then there are no pipes, in spite of the types. */
function pipeOf(child: { readonly stdio?: ChildProcess['stdio'] }): Socket | null {
  const pipe = child.stdio?.[channelDescriptor];
  return pipe instanceof Socket ? pipe : null;
}
