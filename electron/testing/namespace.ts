import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Debian keeps servers where only root's path leads. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const patience = 20_000;

export type Variables = Readonly<Record<string, string>>;

/** A network, and a view of the disk, of programs of one test; ends with them. Takes root. */
export class Namespace implements AsyncDisposable {
  readonly #holder: ChildProcess;
  readonly #programs: ChildProcess[] = [];

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async open(): Promise<Namespace> {
    const sleep = ['unshare', '--net', '--mount', 'sh', '-c', 'echo; exec sleep infinity'];
    const holder = spawn('setpriv', ['--pdeathsig', 'KILL', ...sleep], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // It says a word as soon as it is inside.
    await once(holder.stdout, 'data');
    const namespace = new Namespace(holder);
    await namespace.run(['ip', 'link', 'set', 'lo', 'up']);
    return namespace;
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** What stands in front of a command that is to run there. */
  get entrance(): readonly string[] {
    return ['nsenter', `--target=${this.pid}`, '--net', '--mount', '--'];
  }

  /** Standard output; throws when the program does not say that all went well. */
  async run(command: readonly string[]): Promise<string> {
    const [program = '', ...parameters] = [...this.entrance, ...command];
    const { stdout } = await promisify(execFile)(program, parameters, { env: { PATH: path } });
    return stdout;
  }

  /** A program that runs until the test is over; what it says is kept. */
  start(command: readonly string[], variables: Variables = {}): RunningProgram {
    const parameters = ['--pdeathsig', 'KILL', ...this.entrance, ...command];
    const child = spawn('setpriv', parameters, {
      env: { PATH: path, LC_ALL: 'C', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#programs.push(child);
    const lines: string[] = [];
    let unfinished = '';
    const hear = (text: string): void => {
      const parts = (unfinished + text).split('\n');
      unfinished = parts.pop() ?? '';
      lines.push(...parts);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
    return new RunningProgram(command[0] ?? '', child, lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#programs.toReversed()) await end(child);
    await end(this.#holder);
  }
}

export class RunningProgram {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly lines: readonly string[];

  constructor(name: string, child: ChildProcess, lines: readonly string[]) {
    this.#name = name;
    this.#child = child;
    this.lines = lines;
  }

  has(pattern: RegExp): boolean {
    return this.lines.some((line) => pattern.test(line));
  }

  async says(pattern: RegExp): Promise<void> {
    const hasEnded = (): boolean => this.#child.exitCode !== null;
    await until(() => this.has(pattern) || hasEnded(), `${this.#name} says ${String(pattern)}`);
    if (!this.has(pattern)) throw new Error(`${this.#name} ended:\n${this.lines.join('\n')}`);
  }

  end(): Promise<void> {
    return end(this.#child);
  }
}

export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(20);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
