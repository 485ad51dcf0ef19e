// Strict and cheap reading of JSON: a schema library costs more to load than a whole certificate to obtain.

/** A value is not what its reader wants; says where, and never what was there instead. */
export class ShapeMismatch extends Error {
  readonly code = 'acme-shape';
  readonly path: string;

  constructor(path: string, wanted: string) {
    super(`${path === '' ? 'the value' : path} is no ${wanted}`);
    this.name = 'ShapeMismatch';
    this.path = path;
  }
}

/** Gives the value back as what it is, or throws `ShapeMismatch`. */
export type Reader<T> = (value: unknown, path: string) => T;

type Members = Readonly<Record<string, Reader<unknown>>>;
type ReadMembers<M extends Members> = { readonly [Name in keyof M]: ReturnType<M[Name]> };

interface TextLimits {
  readonly minimum?: number;
  readonly maximum: number;
  readonly pattern?: RegExp;
}

export const text =
  ({ minimum = 0, maximum, pattern }: TextLimits): Reader<string> =>
  (value, path) => {
    if (typeof value === 'string' && value.length >= minimum && value.length <= maximum) {
      if (pattern === undefined || pattern.test(value)) return value;
    }
    throw new ShapeMismatch(path, 'text of that kind');
  };

export const anything: Reader<unknown> = (value) => value;

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw new ShapeMismatch(path, 'boolean');
};

export const wholeNumber =
  (minimum: number, maximum: number): Reader<number> =>
  (value, path) => {
    if (Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum) {
      return Number(value);
    }
    throw new ShapeMismatch(path, `whole number from ${minimum} to ${maximum}`);
  };

export const oneOf =
  <const T extends string | number>(choices: readonly T[]): Reader<T> =>
  (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new ShapeMismatch(path, 'known value');
  };

// RFC 3986 §2: a URI is made of visible ASCII; the platform's parser would mend line breaks and spaces silently.
const visible = /^[\x21-\x7e]+$/;
const longestUrl = 2048;

export const url =
  (...schemes: readonly string[]): Reader<string> =>
  (value, path) => {
    if (typeof value === 'string' && value.length <= longestUrl && visible.test(value)) {
      const parsed = URL.parse(value);
      if (parsed && (schemes.length === 0 || schemes.includes(parsed.protocol))) return value;
    }
    throw new ShapeMismatch(path, 'URL of that kind');
  };

/** Where an ACME resource lies (RFC 8555 §6.1). */
export const resourceUrl = url('https:');

export const list =
  <T>(
    member: Reader<T>,
    { minimum = 0, maximum }: { readonly minimum?: number; readonly maximum: number },
  ): Reader<readonly T[]> =>
  (value, path) => {
    if (Array.isArray(value) && value.length >= minimum && value.length <= maximum) {
      return value.map((each, index) => member(each, `${path}[${index}]`));
    }
    throw new ShapeMismatch(path, 'list of that length');
  };

/** An object with these members; others are left out. */
export const object =
  <M extends Members>(members: M): Reader<ReadMembers<M>> =>
  (value, path) => {
    const source = asObject(value, path);
    const read: Record<string, unknown> = {};
    for (const name in members) {
      // Inherited members are not the sender's.
      const member = Object.hasOwn(source, name) ? source[name] : undefined;
      read[name] = members[name]?.(member, path === '' ? name : `${path}.${name}`);
    }
    return read as ReadMembers<M>;
  };

export const asObject: Reader<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ShapeMismatch(path, 'object');
};

/** An object of any member names, with values of one kind. */
export const record =
  <T>(
    member: Reader<T>,
    { longestName, maximum }: { readonly longestName: number; readonly maximum: number },
  ): Reader<Readonly<Record<string, T>>> =>
  (value, path) => {
    const entries = Object.entries(asObject(value, path));
    if (entries.length > maximum || entries.some(([name]) => name.length > longestName)) {
      throw new ShapeMismatch(path, 'object of that size');
    }
    return Object.fromEntries(entries.map(([name, each]) => [name, member(each, `${path}.*`)]));
  };

/** May be missing, or null as some servers write it. */
export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined || value === null ? undefined : reader(value, path);

/** May be missing but nothing else: null says neither yes nor no. */
export const missing =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : reader(value, path);

/** For members that only inform: what cannot be read counts as missing. */
export const lenient =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) => {
    try {
      return optional(reader)(value, path);
    } catch (error) {
      if (error instanceof ShapeMismatch) return undefined;
      throw error;
    }
  };

/** Another form of what was read. */
export const mapped =
  <From, To>(reader: Reader<From>, change: (value: From) => To): Reader<To> =>
  (value, path) =>
    change(reader(value, path));
