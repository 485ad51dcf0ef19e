// How an app ends: every window is asked, then the app, then Chromium is closed and the process ends.
import type { EventEmitter } from 'node:events';
import { emitEvent } from './event.ts';

export type ShutdownOptions = {
  readonly app: EventEmitter;
  readonly windows: () => { close: () => void; destroy: () => void }[];
  readonly closeBrowser: () => Promise<void>;
  readonly exitProcess: (code: number) => void;
};

export class Shutdown {
  readonly #options: ShutdownOptions;
  #state: 'running' | 'asking windows' | 'ending' = 'running';

  constructor(options: ShutdownOptions) {
    this.#options = options;
    options.app.on('-close-refused', () => {
      if (this.#state === 'asking windows') this.#state = 'running';
    });
    options.app.on('-window-closed', () => this.#onWindowClosed());
  }

  get isEnding(): boolean {
    return this.#state !== 'running';
  }

  quit(): void {
    if (this.isEnding) return;
    if (emitEvent(this.#options.app, 'before-quit').defaultPrevented) return;
    this.#state = 'asking windows';
    const windows = this.#options.windows();
    for (const window of windows) window.close();
    if (windows.length === 0) this.#finish();
  }

  /** Ends without asking anybody. */
  exit(code: number): void {
    if (this.#state === 'ending') return;
    this.#state = 'ending';
    for (const window of this.#options.windows()) window.destroy();
    emitEvent(this.#options.app, 'quit', [code]);
    void this.#end(code);
  }

  #onWindowClosed(): void {
    if (this.#options.windows().length > 0 || this.#state === 'ending') return;
    if (this.#state === 'asking windows') this.#finish();
    // An app that does not listen is over with its last window.
    else if (!this.#options.app.emit('window-all-closed')) this.quit();
  }

  #finish(): void {
    if (emitEvent(this.#options.app, 'will-quit').defaultPrevented) {
      this.#state = 'running';
      return;
    }
    this.exit(0);
  }

  async #end(code: number): Promise<void> {
    try {
      await this.#options.closeBrowser();
    } finally {
      this.#options.exitProcess(code);
    }
  }
}
