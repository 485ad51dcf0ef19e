// Structured-clone values as text, for the pipe between a page's isolated world and the main process.
// Runs in both places: inlined into the isolated world (without `export`), imported by Node.

const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/**
 * @typedef {{ toBase64: (bytes: Uint8Array) => string, fromBase64: (text: string) => Uint8Array }} Base64
 * @typedef {any} Wire JSON that stands for one value: itself, or an array whose first element names its kind
 */

/** @param {Base64} base64 */
export function createCodec(base64) {
  return {
    /**
     * @param {unknown} value
     * @returns {string}
     * @throws {Error} Electron's text, when the value holds something that cannot be cloned
     */
    encode: (value) => JSON.stringify(new Writer(base64).write(value)),
    /**
     * @param {string} text
     * @returns {unknown}
     */
    decode: (text) => new Reader(base64).read(JSON.parse(text)),
  };
}

class Writer {
  #base64;
  /** @type {Map<object, number>} objects by the order of their first appearance */
  #numbers = new Map();

  /** @param {Base64} base64 */
  constructor(base64) {
    this.#base64 = base64;
  }

  /**
   * @param {unknown} value
   * @returns {Wire}
   */
  write(value) {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : ['n', numberName(value)];
      case 'bigint':
        return ['i', String(value)];
      case 'undefined':
        return ['u'];
      case 'object':
        return value === null ? null : this.#writeObject(value);
      default:
        throw new Error('An object could not be cloned.');
    }
  }

  /** @param {object} value */
  #writeObject(value) {
    const known = this.#numbers.get(value);
    if (known !== undefined) return ['r', known];
    this.#numbers.set(value, this.#numbers.size);
    return this.#writeBuiltin(value) ?? this.#writeCollection(value);
  }

  /** @param {object} value */
  #writeBuiltin(value) {
    if (value instanceof Date) return ['D', this.write(value.getTime())];
    if (value instanceof RegExp) return ['R', value.source, value.flags];
    if (BOXED.some((type) => value instanceof type)) return ['P', this.write(value.valueOf())];
    if (value instanceof ArrayBuffer) return ['B', this.#base64.toBase64(new Uint8Array(value))];
    if (value instanceof DataView) return ['V', this.write(exactBuffer(value))];
    const index = TYPED_ARRAYS.findIndex((type) => value instanceof type);
    if (index < 0) return undefined;
    return ['T', index, this.write(exactBuffer(/** @type {Uint8Array} */ (value)))];
  }

  /** @param {object} value */
  #writeCollection(value) {
    if (value instanceof Error) return this.#writeError(value);
    if (Array.isArray(value)) return ['a', value.length, this.#writeEntries(value)];
    if (value instanceof Set) return ['S', [...value].map((item) => this.write(item))];
    if (value instanceof Map) {
      return ['M', [...value].map(([key, item]) => [this.write(key), this.write(item)])];
    }
    const tag = Object.prototype.toString.call(value);
    if (tag !== '[object Object]' && !Object.hasOwn(value, Symbol.toStringTag)) {
      throw new Error('An object could not be cloned.');
    }
    return ['o', this.#writeEntries(value)];
  }

  /** @param {object} value */
  #writeEntries(value) {
    return Object.entries(value).map(([key, item]) => [key, this.write(item)]);
  }

  /** @param {Error} error */
  #writeError(error) {
    const type = Math.max(
      0,
      ERRORS.findIndex((known) => known.name === error.name),
    );
    const cause = Object.hasOwn(error, 'cause') ? [this.write(error.cause)] : [];
    return ['E', type, String(error.message), String(error.stack ?? ''), cause];
  }
}

class Reader {
  #base64;
  /** @type {unknown[]} objects by the order of their first appearance */
  #objects = [];

  /** @param {Base64} base64 */
  constructor(base64) {
    this.#base64 = base64;
  }

  /**
   * @param {Wire} wire
   * @returns {any}
   */
  read(wire) {
    if (!Array.isArray(wire)) return wire;
    const [kind, content] = wire;
    switch (kind) {
      case 'u':
        return undefined;
      case 'n':
        return Number(content);
      case 'i':
        return BigInt(content);
      case 'r':
        return this.#objects[content];
      default:
        return this.#readObject(wire);
    }
  }

  // An object takes its number before its members are read, so that a member may point back to it.
  /** @param {Wire} wire */
  #readObject([kind, first, second, ...rest]) {
    const number = this.#objects.push(undefined) - 1;
    switch (kind) {
      case 'a':
        return this.#fill(this.#keep(number, new Array(first)), second);
      case 'o':
        return this.#fill(this.#keep(number, {}), first);
      case 'M':
        return this.#fillMap(this.#keep(number, new Map()), first);
      case 'S':
        return this.#fillSet(this.#keep(number, new Set()), first);
      case 'E':
        return this.#fillError(this.#keep(number, new (typeAt(ERRORS, first))(second)), rest);
      default:
        return this.#keep(number, this.#readBuiltin(kind, first, second));
    }
  }

  /**
   * @param {string} kind
   * @param {any} first
   * @param {any} second
   */
  #readBuiltin(kind, first, second) {
    switch (kind) {
      case 'D':
        return new Date(this.read(first));
      case 'R':
        return new RegExp(first, second);
      case 'P':
        return Object(this.read(first));
      case 'B':
        return exactBuffer(this.#base64.fromBase64(first));
      case 'V':
        return new DataView(this.read(first));
      default:
        return new (typeAt(TYPED_ARRAYS, first))(this.read(second));
    }
  }

  /**
   * @template T
   * @param {number} number
   * @param {T} value
   */
  #keep(number, value) {
    this.#objects[number] = value;
    return value;
  }

  /**
   * @param {object} target
   * @param {[string, Wire][]} entries
   */
  #fill(target, entries) {
    for (const [key, item] of entries) {
      Object.defineProperty(target, key, { ...OWN, enumerable: true, value: this.read(item) });
    }
    return target;
  }

  /**
   * @param {Map<unknown, unknown>} map
   * @param {[Wire, Wire][]} entries
   */
  #fillMap(map, entries) {
    for (const [key, item] of entries) map.set(this.read(key), this.read(item));
    return map;
  }

  /**
   * @param {Set<unknown>} set
   * @param {Wire[]} items
   */
  #fillSet(set, items) {
    for (const item of items) set.add(this.read(item));
    return set;
  }

  /**
   * @param {Error} error
   * @param {Wire[]} rest
   */
  #fillError(error, [stack, cause]) {
    Object.defineProperty(error, 'stack', { ...OWN, value: stack });
    if (cause.length > 0)
      Object.defineProperty(error, 'cause', { ...OWN, value: this.read(cause[0]) });
    return error;
  }
}

const BOXED = [Number, String, Boolean, BigInt];
const OWN = { writable: true, configurable: true };

/**
 * @template T
 * @param {T[]} types
 * @param {number} index
 */
function typeAt(types, index) {
  const type = types[index];
  if (type === undefined) throw new Error(`no type ${index}`);
  return type;
}

/** @param {number} value */
function numberName(value) {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** @param {ArrayBufferView} view */
function exactBuffer(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}
