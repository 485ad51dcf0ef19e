/** Lets work on the same thing happen one after the other, in the order of asking. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Rejects with the signal's reason when it aborts before the turn has come. */
  async take<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { promise: mine, resolve: done } = Promise.withResolvers<undefined>();
    const before = this.#last.get(name) ?? Promise.resolve();
    // Whoever gives up waiting still stands in line, so that nobody passes those in front.
    const gone = before.then(() => mine);
    this.#last.set(name, gone);
    void gone.then(() => {
      if (this.#last.get(name) === gone) this.#last.delete(name);
    });
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      done(undefined);
    }
  }
}

async function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
