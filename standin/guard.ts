// Members that nothing here implements answer with their name, instead of an `undefined` that fails somewhere else.

/** A member of Electron's API that the stand-in does not have. */
export class UnsupportedError extends Error {
  readonly code = 'ERR_STANDIN_UNSUPPORTED';

  constructor(name: string) {
    super(`stand-in: ${name} is not supported`);
    this.name = 'UnsupportedError';
  }
}

// Asked for by promise resolution, JSON, assertion libraries and inspectors on any object at hand.
const PROBED = new Set([
  'then',
  'toJSON',
  'inspect',
  'domain',
  'nodeType',
  'tagName',
  'asymmetricMatch',
]);

/** Makes reading an unknown member of `target` throw; known members, symbols and assignments work as before. */
export function guarded<T extends object>(name: string, target: T): T {
  Object.setPrototypeOf(target, unsupportedMembers(name, Object.getPrototypeOf(target) as object));
  return target;
}

/** Guards the instances and the static members of a class. */
export function guardedClass<T extends abstract new (...values: never[]) => object>(
  name: string,
  type: T,
): T {
  guarded(name, type.prototype as object);
  return guarded(name, type);
}

/** A whole module or class of Electron's that is not there. */
export function unsupported(name: string): object {
  return guarded(name, function unavailable() {
    throw new UnsupportedError(name);
  });
}

function unsupportedMembers(name: string, parent: object): object {
  return new Proxy(parent, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || PROBED.has(key)) {
        return Reflect.get(target, key, receiver) as unknown;
      }
      throw new UnsupportedError(`${name}.${key}`);
    },
  });
}
