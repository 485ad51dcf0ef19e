import { fileURLToPath } from 'node:url';
import { ForkedProcessLauncher } from '../../../electron/pkcs11/forked-process.ts';
import type { TokenChild, TokenProcessLauncher } from '../../../electron/pkcs11/token-child.ts';
import { builtTokenProcess } from './stack.ts';
import type { GenerationReport } from './timed-token-process.ts';

/** Starts token processes that say how long the module itself took to make a key; main does not hear of that. */
export class TimedLauncher implements TokenProcessLauncher {
  /** Milliseconds of the last C_GenerateKeyPair. */
  generating = Number.NaN;
  readonly #launcher: TokenProcessLauncher;

  constructor(env: Readonly<Record<string, string>>) {
    this.#launcher = new ForkedProcessLauncher({
      program: fileURLToPath(new URL('./timed-token-process.ts', import.meta.url)),
      env: { ...process.env, ...env, TIMED_TOKEN_PROCESS: builtTokenProcess },
    });
  }

  start(modulePath: string, name: string): TokenChild {
    const child = this.#launcher.start(modulePath, name);
    return {
      post: (message) => child.post(message),
      onMessage: (listener) =>
        child.onMessage((message) => {
          if (isReport(message)) this.generating = message.generating;
          else listener(message);
        }),
      onExit: (listener) => child.onExit(listener),
      kill: () => child.kill(),
    };
  }
}

const isReport = (message: unknown): message is GenerationReport =>
  typeof message === 'object' && message !== null && 'generating' in message;
