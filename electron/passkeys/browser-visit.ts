import { PasskeyError } from './ceremony.ts';
import type { DoorOptions } from './loopback-door.ts';
import { pageWithTask, type CeremonyTask } from './visit.ts';

export interface BrowserVisit {
  /** Of the CA; nobody else may hand over an answer. */
  readonly origin: string;
  readonly page: string;
  readonly task: CeremonyTask;
}

export interface BrowserVisitsOptions {
  /** Opens an https address in the system's browser. */
  readonly openExternal: (url: string) => Promise<void>;
  readonly randomBytes: (size: number) => Uint8Array;
  /** What the browser shows when an answer has arrived, where it shows it. */
  readonly farewell: () => string;
  /** The person has done their part there. */
  readonly returned?: () => void;
  readonly isOwnPeer?: DoorOptions['isOwnPeer'];
  readonly limits?: DoorOptions['limits'];
}

/** Ceremonies in the system's browser, at the CA's own page; the answer comes back to this computer alone. */
export class BrowserVisits {
  readonly #options: BrowserVisitsOptions;

  constructor(options: BrowserVisitsOptions) {
    this.#options = options;
  }

  /** Resolves to what was handed over, not looked at yet but for its state. */
  async hold({ origin, page, task }: BrowserVisit, signal: AbortSignal): Promise<unknown> {
    const { openExternal, randomBytes, farewell, returned, limits } = this.#options;
    const { state } = task;
    // Node's HTTP server costs tens of milliseconds to load (docs/architecture.md): nobody pays who has no use for it.
    const { LoopbackDoor } = await import('./loopback-door.ts');
    const door = await LoopbackDoor.open({ origin, state, randomBytes, farewell, limits });
    try {
      signal.throwIfAborted();
      await openBrowser(openExternal, pageWithTask(page, task, door.address));
      const answer = await door.answer(signal);
      returned?.();
      return answer;
    } finally {
      await door.close();
    }
  }
}

async function openBrowser(open: (url: string) => Promise<void>, url: string): Promise<void> {
  try {
    await open(url);
  } catch (cause) {
    throw new PasskeyError('not-supported', 'the browser cannot be opened', { cause });
  }
}
