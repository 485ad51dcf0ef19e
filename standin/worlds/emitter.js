// The part of Node's EventEmitter that preload code uses, for a world without Node.

/** @typedef {(...values: any[]) => void} Listener */

export class Emitter {
  /** @type {Map<unknown, { listener: Listener, once: boolean }[]>} */
  #entries = new Map();

  /** @param {unknown} name @param {Listener} listener */
  on(name, listener) {
    return this.#add(name, listener, false);
  }

  /** @param {unknown} name @param {Listener} listener */
  once(name, listener) {
    return this.#add(name, listener, true);
  }

  /** @param {unknown} name @param {Listener} listener */
  addListener(name, listener) {
    return this.#add(name, listener, false);
  }

  /** @param {unknown} name @param {Listener} listener */
  removeListener(name, listener) {
    const entries = this.#entries.get(name) ?? [];
    const index = entries.findLastIndex((entry) => entry.listener === listener);
    if (index >= 0) this.#entries.set(name, entries.toSpliced(index, 1));
    return this;
  }

  /** @param {unknown} name @param {Listener} listener */
  off(name, listener) {
    return this.removeListener(name, listener);
  }

  /** @param {unknown} [name] */
  removeAllListeners(name) {
    if (name === undefined) this.#entries.clear();
    else this.#entries.delete(name);
    return this;
  }

  /** @param {unknown} name */
  listenerCount(name) {
    return this.#entries.get(name)?.length ?? 0;
  }

  /** @param {unknown} name */
  listeners(name) {
    return (this.#entries.get(name) ?? []).map((entry) => entry.listener);
  }

  eventNames() {
    return [...this.#entries.keys()].filter((name) => this.listenerCount(name) > 0);
  }

  setMaxListeners() {
    return this;
  }

  /** @param {unknown} name @param {unknown[]} values */
  emit(name, ...values) {
    const entries = this.#entries.get(name) ?? [];
    for (const { listener, once } of entries) {
      if (once) this.removeListener(name, listener);
      listener.apply(this, values);
    }
    return entries.length > 0;
  }

  /** @param {unknown} name @param {Listener} listener @param {boolean} once */
  #add(name, listener, once) {
    this.#entries.set(name, [...(this.#entries.get(name) ?? []), { listener, once }]);
    return this;
  }
}
