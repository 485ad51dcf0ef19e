import { utilityProcess, type UtilityProcess } from 'electron';
import type { TokenChild, TokenProcessLauncher } from './pkcs11/token-child.ts';

/** Token processes as processes of Electron's, which end with it. */
export class UtilityLauncher implements TokenProcessLauncher {
  readonly #program: string;

  /** `program`: the built `token-process.js`. */
  constructor(program: string) {
    this.#program = program;
  }

  start(modulePath: string, name: string): TokenChild {
    const process = utilityProcess.fork(this.#program, [modulePath], {
      serviceName: `Countersign tokens: ${name}`,
      // Modules print what they like, and nobody knows what they do not.
      stdio: 'ignore',
    });
    return childOf(process);
  }
}

function childOf(utility: UtilityProcess): TokenChild {
  let isEnded = false;
  utility.once('exit', () => {
    isEnded = true;
  });
  return {
    post: (message) => {
      if (!isEnded) utility.postMessage(message);
    },
    onMessage: (listener) => utility.on('message', listener),
    onExit: (listener) => utility.once('exit', () => listener()),
    kill: () => {
      if (utility.pid !== undefined) end(utility.pid);
      else utility.once('spawn', () => end(utility.pid));
    },
  };
}

/** Electron's own `kill` asks by SIGTERM, which a module can have taken over. */
function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // kill(2): it has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
