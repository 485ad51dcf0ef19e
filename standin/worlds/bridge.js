// One half of the bridge between the page's world and the preload's. Both halves run this code, each with its own
// intrinsics, taken before any page script could replace them; they share nothing but one detached element.
// Chromium clones an event's detail when the other world reads it, so plain data, dates, maps and buffers cross by
// themselves; functions, promises and errors stay behind in a table and cross as numbers.

const { apply, ownKeys, getPrototypeOf } = Reflect;
const { defineProperty, freeze } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { get: mapGet, set: mapSet, delete: mapDelete } = Map.prototype;
const { addEventListener: listen, dispatchEvent: dispatch } = EventTarget.prototype;
const { isPrototypeOf, toString: tagOf } = Object.prototype;
const promiseThen = Promise.prototype.then;
const objectPrototype = Object.prototype;
const promisePrototype = Promise.prototype;
const errorPrototype = Error.prototype;
const datePrototype = Date.prototype;
const bufferPrototype = ArrayBuffer.prototype;
const NativeEvent = CustomEvent;
const NativePromise = Promise;
const NativeError = Error;
const NativeMap = Map;
const toText = String;
// What Chromium could not clone would arrive as nothing at all: it is tried where it can still be reported.
const clone = structuredClone;
const detailOf = /** @type {() => any} */ (
  Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get
);

/**
 * @typedef {any} Wire a structured-clonable pair of kind and content
 * @typedef {{ resolve: (value: unknown) => void, reject: (reason: unknown) => void }} Waiting
 * @typedef {{ target: any, up: Path | undefined }} Path the objects being built, innermost first
 */

export class Bridge {
  #channel;
  #outgoing;
  /** @type {Map<number, Function>} */
  #functions = new NativeMap();
  /** @type {Map<number, Waiting>} */
  #promises = new NativeMap();
  #lastNumber = 0;
  /** @type {any} */
  #reply;

  /**
   * @param {Element} channel known to the two halves only
   * @param {{ outgoing: string, incoming: string }} names the event types of this half
   */
  constructor(channel, { outgoing, incoming }) {
    this.#channel = channel;
    this.#outgoing = outgoing;
    apply(listen, channel, [incoming, (/** @type {Event} */ event) => this.#receive(event)]);
  }

  /** Makes a function callable from the other half, and returns its number.
   * @param {Function} target */
  keep(target) {
    this.#lastNumber += 1;
    apply(mapSet, this.#functions, [this.#lastNumber, target]);
    return this.#lastNumber;
  }

  // Dispatching is synchronous: the other half has replied by the time `post` returns.
  /**
   * @param {number} number
   * @param {unknown[]} values
   */
  call(number, values) {
    this.#reply = undefined;
    this.#post({ __proto__: null, kind: 'call', number, values: this.#pack(values, []) });
    const reply = this.#reply;
    this.#reply = undefined;
    if (reply === undefined) throw new NativeError('An object could not be cloned.');
    const value = this.#unpack(reply.value);
    if (reply.failed) throw value;
    return value;
  }

  /** @param {object} message */
  #post(message) {
    const options = /** @type {any} */ ({ __proto__: null, detail: message });
    apply(dispatch, this.#channel, [new NativeEvent(this.#outgoing, options)]);
  }

  /** @param {Event} event */
  #receive(event) {
    const message = apply(detailOf, event, []);
    if (message === null) return;
    if (message.kind === 'reply') this.#reply = message;
    else if (message.kind === 'call') this.#answer(message);
    else this.#settle(message);
  }

  /** @param {{ number: number, values: Wire }} message */
  #answer(message) {
    let failed = false;
    /** @type {Wire} */
    let value;
    try {
      const target = apply(mapGet, this.#functions, [message.number]);
      value = this.#pack(apply(target, undefined, this.#unpack(message.values)), []);
    } catch (error) {
      failed = true;
      value = packError(error);
    }
    this.#post({ __proto__: null, kind: 'reply', failed, value });
  }

  /** @param {{ number: number, failed: boolean, value: Wire }} message */
  #settle(message) {
    const waiting = apply(mapGet, this.#promises, [message.number]);
    if (waiting === undefined) return;
    apply(mapDelete, this.#promises, [message.number]);
    const value = this.#unpack(message.value);
    if (message.failed) waiting.reject(value);
    else waiting.resolve(value);
  }

  /**
   * @param {any} value
   * @param {unknown[]} parents the objects on the way down, to find cycles
   * @returns {Wire}
   */
  #pack(value, parents) {
    const type = typeof value;
    if (type === 'function') return ['function', this.keep(value)];
    if (type === 'symbol') throw new NativeError('A symbol cannot cross the context bridge.');
    if (type !== 'object' || value === null) return ['value', value];
    if (isA(errorPrototype, value)) return packError(value);
    if (isA(promisePrototype, value)) return ['promise', this.#watch(value)];
    for (let depth = 0; depth < parents.length; depth += 1) {
      if (parents[depth] === value) return ['parent', parents.length - depth];
    }
    if (isArray(value)) return ['array', this.#packMembers(value, parents)];
    if (isPlain(value)) return ['object', this.#packMembers(value, parents)];
    if (!isBuffer(value) && !isA(datePrototype, value)) clone(value);
    return ['value', value];
  }

  /**
   * @param {any} value
   * @param {unknown[]} parents
   */
  #packMembers(value, parents) {
    /** @type {unknown[]} */
    const path = [];
    for (let index = 0; index < parents.length; index += 1) put(path, parents[index]);
    put(path, value);
    /** @type {unknown[]} */
    const members = [];
    const keys = ownKeys(value);
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index];
      if (typeof key !== 'string' || (key === 'length' && isArray(value))) continue;
      put(members, key);
      put(members, this.#pack(value[key], path));
    }
    return members;
  }

  /**
   * @param {Wire} wire
   * @param {Path} [path]
   * @returns {any}
   */
  #unpack(wire, path) {
    const content = wire[1];
    switch (wire[0]) {
      case 'function':
        // An arrow function: the page must not find a prototype to hang things on.
        return (/** @type {unknown[]} */ ...values) => this.call(content, values);
      case 'promise':
        return this.#promiseOf(content);
      case 'error':
        // Electron carries the message of an error across, and nothing else of it.
        return new NativeError(content);
      case 'parent':
        return ancestor(path, content);
      case 'array':
        return this.#unpackMembers([], content, path);
      case 'object':
        return this.#unpackMembers({}, content, path);
      default:
        return content;
    }
  }

  /**
   * @param {object} target
   * @param {any[]} members
   * @param {Path | undefined} up
   */
  #unpackMembers(target, members, up) {
    const path = /** @type {any} */ ({ __proto__: null, target, up });
    for (let index = 0; index < members.length; index += 2) {
      define(target, members[index], this.#unpack(members[index + 1], path));
    }
    return target;
  }

  /** @param {Promise<unknown>} promise */
  #watch(promise) {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const report = (/** @type {boolean} */ failed, /** @type {Wire} */ value) =>
      this.#post({ __proto__: null, kind: 'settle', number, failed, value });
    const fulfilled = (/** @type {unknown} */ result) => {
      try {
        report(false, this.#pack(result, []));
      } catch (error) {
        report(true, packError(error));
      }
    };
    const rejected = (/** @type {unknown} */ reason) => report(true, packError(reason));
    apply(promiseThen, promise, [fulfilled, rejected]);
    return number;
  }

  /** @param {number} number */
  #promiseOf(number) {
    return new NativePromise((resolve, reject) => {
      apply(mapSet, this.#promises, [number, { __proto__: null, resolve, reject }]);
    });
  }
}

/** @param {any} value */
export function deepFreeze(value) {
  const isObject =
    typeof value === 'object' && value !== null && (isArray(value) || isPlain(value));
  if (!isObject && typeof value !== 'function') return value;
  const keys = ownKeys(value);
  for (let index = 0; index < keys.length; index += 1) {
    deepFreeze(value[/** @type {PropertyKey} */ (keys[index])]);
  }
  return freeze(value);
}

/** @param {any} error */
function packError(error) {
  const isObject = typeof error === 'object' && error !== null;
  return ['error', isObject && 'message' in error ? toText(error.message) : toText(error)];
}

/**
 * @param {any} path
 * @param {number} steps
 */
function ancestor(path, steps) {
  let node = path;
  for (let step = 1; step < steps; step += 1) node = node.up;
  return node.target;
}

/**
 * @param {object} prototype
 * @param {unknown} value
 */
function isA(prototype, value) {
  return apply(isPrototypeOf, prototype, [value]);
}

// Class instances lose their prototype on the bridge; what has a native brand is cloned by Chromium instead.
/** @param {any} value */
function isPlain(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === null || prototype === objectPrototype) return true;
  return apply(tagOf, value, []) === '[object Object]';
}

/** @param {any} value */
function isBuffer(value) {
  return isView(value) || isA(bufferPrototype, value);
}

/**
 * @param {any[]} list
 * @param {unknown} value
 */
function put(list, value) {
  define(list, toText(list.length), value);
}

/**
 * @param {any} target
 * @param {string} key
 * @param {unknown} value
 */
function define(target, key, value) {
  const own = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  defineProperty(target, key, /** @type {any} */ (own));
}
