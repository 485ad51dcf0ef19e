/** Lets any number of requests use the account key, and a change of it only when none does. */
export class KeyGate {
  #users = 0;
  #idle: PromiseWithResolvers<undefined> | undefined;
  #change: Promise<unknown> | undefined;

  /** Waits while the key is being changed. */
  async use<T>(send: () => Promise<T>): Promise<T> {
    while (this.#change !== undefined) await this.#change;
    this.#users += 1;
    try {
      return await send();
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#idle?.resolve(undefined);
    }
  }

  /** Holds new users back, waits for those there are, and then has the key alone. */
  async change<T>(change: () => Promise<T>): Promise<T> {
    while (this.#change !== undefined) await this.#change;
    const over = Promise.withResolvers<undefined>();
    this.#change = over.promise;
    try {
      if (this.#users > 0) {
        this.#idle = Promise.withResolvers<undefined>();
        await this.#idle.promise;
      }
      return await change();
    } finally {
      this.#idle = undefined;
      this.#change = undefined;
      over.resolve(undefined);
    }
  }
}
