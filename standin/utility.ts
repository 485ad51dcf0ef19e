import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type Electron from 'electron';
import { SETPRIV } from './chromium.ts';
import { emitEvent } from './event.ts';
import { guarded, guardedClass } from './guard.ts';
import type { MessagePort } from './message-port.ts';
import { ParcelLine, type Parcel } from './parcels.ts';

const CHILD = fileURLToPath(new URL('./utility-child.ts', import.meta.url));

type Members = Pick<Electron.UtilityProcess, 'kill' | 'pid' | 'stderr' | 'stdout'>;

/** A utility process, over Node's own fork. */
export class UtilityProcess extends EventEmitter implements Members {
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  readonly #child: ChildProcess;
  readonly #line: ParcelLine;
  pid: number | undefined;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    this.#line = new ParcelLine((parcel) => {
      if (child.connected) child.send(parcel);
    });
    child.once('spawn', () => {
      this.pid = child.pid;
      this.emit('spawn');
    });
    child.on('message', (parcel) => {
      const received = parcel as Parcel;
      if (!this.#line.receive(received)) this.emit('message', received.data);
    });
    child.once('exit', (code, signal) => {
      this.pid = undefined;
      this.#line.close();
      this.emit('exit', exitCodeOf(code, signal));
    });
  }

  postMessage(message: unknown, transfer: readonly MessagePort[] = []): void {
    this.#line.post(message, transfer);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

guardedClass('UtilityProcess', UtilityProcess);

// Chromium's name for what runs Node there.
const serviceName = 'node.mojom.NodeService';

export type UtilityOptions = {
  readonly app: EventEmitter & { readonly isReady: () => boolean };
  readonly rejections: 'strict' | 'warn-with-error-code';
};

/** `utilityProcess`. */
export function createUtilityModule({ app, rejections }: UtilityOptions) {
  return guarded('utilityProcess', {
    fork: (path: string, values: string[] = [], options: Electron.ForkOptions = {}) => {
      if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready');
      const child = start(path, values, { ...options, rejections });
      const name = options.serviceName ?? 'Node Utility Process';
      child.once('exit', (code, signal) => {
        if (code === 0) return;
        const exitCode = exitCodeOf(code, signal);
        const details = { type: 'Utility', reason: reasonOf(signal), exitCode, serviceName, name };
        emitEvent(app, 'child-process-gone', [details]);
      });
      const utility = new UtilityProcess(child);
      return utility;
    },
  });
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? constants.signals[signal ?? 'SIGKILL'];
}

function reasonOf(signal: NodeJS.Signals | null): 'abnormal-exit' | 'killed' | 'crashed' {
  if (signal === null) return 'abnormal-exit';
  return signal === 'SIGKILL' || signal === 'SIGTERM' ? 'killed' : 'crashed';
}

type StartOptions = Electron.ForkOptions & Pick<UtilityOptions, 'rejections'>;

// Bound to our life by a signal: a child that is stuck in native code would not see its pipe close.
function start(path: string, values: string[], options: StartOptions): ChildProcess {
  const nodeOptions = [
    `--unhandled-rejections=${options.rejections}`,
    '--disable-warning=ExperimentalWarning',
    ...(options.execArgv ?? []),
    '--import',
    CHILD,
  ];
  const bound = existsSync(SETPRIV);
  const { stdout, stderr } = streams(options.stdio);
  return fork(path, values, {
    execPath: bound ? SETPRIV : process.execPath,
    execArgv: bound ? ['--pdeathsig', 'KILL', process.execPath, ...nodeOptions] : nodeOptions,
    serialization: 'advanced',
    stdio: ['ignore', stdout, stderr, 'ipc'],
    env: {
      ...(options.env ?? process.env),
      STANDIN_STRICT: options.rejections === 'strict' ? '1' : '0',
    },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
}

type Stream = 'pipe' | 'ignore' | 'inherit';

function streams(stdio: Electron.ForkOptions['stdio'] = 'inherit'): {
  stdout: Stream;
  stderr: Stream;
} {
  if (typeof stdio === 'string') return { stdout: stdio as Stream, stderr: stdio as Stream };
  const [stdin, stdout = 'inherit', stderr = 'inherit'] = stdio;
  if (stdin !== undefined && stdin !== 'ignore') {
    throw new TypeError('stdin value other than ignore is not supported.');
  }
  return { stdout, stderr };
}
