import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Another process that does nothing but answer. */
export class EchoProcess implements Disposable {
  readonly #process: ChildProcess;

  constructor() {
    const program = fileURLToPath(new URL('./echo.js', import.meta.url));
    this.#process = fork(program, [], { serialization: 'advanced', execArgv: [] });
  }

  /** Resolves when the answer is here. */
  async ask(data: Uint8Array): Promise<void> {
    const answered = once(this.#process, 'message');
    this.#process.send({ id: 1, call: 'sign', input: { data } });
    await answered;
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}
