/** The time for something is over. */
export class TimeIsUp extends Error {
  constructor() {
    super('the time for this is over');
    this.name = 'TimeIsUp';
  }
}

export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Until when something may go on: until the caller gives up, which is told with the caller's reason, or until the time
 * is over (`TimeIsUp`). Costs next to nothing while all goes well: an `AbortSignal` is made only for those who ask for it.
 */
export class Deadline {
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  #listener: ((reason: Error) => void) | undefined;
  #reason: Error | undefined;

  /** Throws when it is over already. */
  constructor({ timeout, signal }: Limits) {
    signal?.throwIfAborted();
    this.#outer = signal;
    this.#timer = setTimeout(() => this.#end(new TimeIsUp()), timeout);
    signal?.addEventListener('abort', this.#abort);
  }

  /** Why nothing may go on any more. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whom to tell, in place of whoever was told before; nobody when it is left out. */
  tell(listener?: (reason: Error) => void): void {
    this.#listener = listener;
  }

  /** Nothing is going on any more. */
  lift(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
    this.#listener = undefined;
  }

  readonly #abort = (): void => this.#end(this.#outer?.reason as Error);

  #end(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
    this.#listener?.(reason);
  }
}

/** Does work that must be done by then. */
export async function withDeadline<T>(
  limits: Limits,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(limits);
  try {
    return await work(deadline);
  } finally {
    deadline.lift();
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
