import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { requireProgram } from './server-program.ts';

/** A Firefox that stays open, told by WebDriver BiDi where to go: `await using firefox = await RunningFirefox.start(…)`. */
export class RunningFirefox implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
  }

  static async start(profile: string, home: string): Promise<RunningFirefox> {
    requireProgram('firefox-esr', 'firefox-esr');
    const words = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'];
    const env = { HOME: home, PATH: '/usr/bin:/bin' };
    const process = spawn('firefox-esr', words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const socket = new WebSocket(`${await addressIn(process)}/session`);
    await once(socket, 'open');
    const firefox = new RunningFirefox(process, socket);
    await firefox.#ask('session.new', { capabilities: {} });
    return firefox;
  }

  /** Opens a page in a new window. Its connections are new as well: Firefox keeps them apart by container. */
  async visit(url: string): Promise<void> {
    const { userContext } = await this.#ask('browser.createUserContext', {});
    const { context } = await this.#ask('browsingContext.create', { type: 'tab', userContext });
    await this.#ask('browsingContext.navigate', { context, url, wait: 'complete' });
  }

  async #ask(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = (await once(this.#socket, 'message')) as [{ data: string }];
      const answer = JSON.parse(data) as { id?: number; type: string; result?: object };
      if (answer.id !== id) continue;
      if (answer.type !== 'success') throw new Error(`${method}: ${data}`);
      return { ...answer.result };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#socket.send(JSON.stringify({ id: ++this.#last, method: 'browser.close', params: {} }));
    const isClosed = await Promise.race([ended.then(() => true), delay(10_000, false)]);
    if (!isClosed) {
      this.#process.kill('SIGKILL');
      await ended;
    }
  }
}

async function addressIn({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('Firefox cannot say where it listens');
  for await (const line of createInterface(stderr)) {
    const address = /^WebDriver BiDi listening on (ws:\/\/\S+)$/.exec(line)?.[1];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
  }
  throw new Error('Firefox did not start');
}
