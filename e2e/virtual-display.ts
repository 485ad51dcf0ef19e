import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { requireProgram } from '../electron/testing/server-program.ts';

/** A screen that nobody sees, with a keyboard: `await using display = await VirtualDisplay.start()`. */
export class VirtualDisplay implements AsyncDisposable {
  /** As in DISPLAY. */
  readonly name: string;
  readonly #server: ChildProcess;

  private constructor(name: string, server: ChildProcess) {
    this.name = name;
    this.#server = server;
  }

  static async start(): Promise<VirtualDisplay> {
    requireProgram('Xvfb', 'xvfb');
    requireProgram('xdotool', 'xdotool');
    // The server itself finds a number that nobody has.
    const words = ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'];
    const server = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const said = server.stdio[3];
    if (said === null || said === undefined || !('readable' in said))
      throw new Error('Xvfb cannot say its number');
    const number = await Promise.race([firstLine(said), once(server, 'exit').then(() => '')]);
    if (number === '') throw new Error('Xvfb did not start');
    return new VirtualDisplay(`:${number}`, server);
  }

  /** Ids of the windows whose title fits. */
  async windows(title: string): Promise<readonly string[]> {
    // It fails when it finds none.
    const found = this.#xdotool('search', '--onlyvisible', '--name', title).catch(() => '');
    return (await found).split('\n').filter(Boolean);
  }

  /** Types into a window, over what is in its field, and ends with Return. */
  async type(window: string, line: string): Promise<void> {
    await this.#xdotool('windowfocus', '--sync', window);
    await this.#xdotool('key', 'ctrl+a');
    await this.#xdotool({ input: line }, 'type', '--delay', '20', '--file', '-');
    await this.#xdotool('key', 'Return');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.exitCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGTERM');
    await ended;
  }

  async #xdotool(
    ...[first, ...rest]: readonly [string | { readonly input: string }, ...string[]]
  ): Promise<string> {
    const words = typeof first === 'string' ? [first, ...rest] : rest;
    const env = { PATH: process.env['PATH'], DISPLAY: this.name };
    const run = promisify(execFile)('xdotool', words, { env, timeout: 60_000 });
    // Most commands end without reading.
    run.child.stdin?.on('error', () => undefined);
    // What is typed may be a secret, so it is no parameter.
    run.child.stdin?.end(typeof first === 'string' ? '' : first.input);
    return (await run).stdout;
  }
}

/** Waits until a window of that title is there or `until` is over; resolves to its id, or `null`. */
export async function windowOf(
  display: VirtualDisplay,
  title: string,
  until: AbortSignal,
): Promise<string | null> {
  while (!until.aborted) {
    const [window] = await display.windows(title);
    if (window !== undefined) return window;
    await delay(100);
  }
  return null;
}

async function firstLine(stream: AsyncIterable<Buffer>): Promise<string> {
  let line = '';
  for await (const part of stream) {
    line += part.toString();
    if (line.includes('\n')) break;
  }
  return line.trim();
}
