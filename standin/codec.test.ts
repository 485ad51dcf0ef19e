import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codec } from './codec.ts';

const roundTrip = (value: unknown) => codec.decode(codec.encode(value));

describe('the codec between main and a preload', () => {
  it('gives back whatever structured cloning gives back', () => {
    const values = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
    fc.assert(
      fc.property(values, (value) => {
        expect(roundTrip(value)).toStrictEqual(structuredClone(value));
      }),
    );
  });

  it('keeps what JSON loses', () => {
    const withHole = [1, 2, 3];
    Reflect.deleteProperty(withHole, 1);
    const value = {
      none: undefined,
      not: NaN,
      minusZero: -0,
      big: 12n,
      date: new Date(5),
      broken: new Date(NaN),
      pattern: /a+/giu,
      bytes: new Uint8Array([1, 2, 255]),
      floats: new Float64Array([0.5]),
      buffer: new Uint8Array([7]).buffer,
      boxed: Object('text') as string,
      holes: withHole,
      map: new Map([[{ key: 1 }, new Set(['x'])]]),
    };
    expect(roundTrip(value)).toStrictEqual(value);
    expect(Object.keys(roundTrip(value.holes) as object)).toStrictEqual(['0', '2']);
  });

  it('keeps cycles and the identity of what appears twice', () => {
    const shared = { name: 'shared' };
    const value: Record<string, unknown> = { first: shared, second: [shared] };
    value['self'] = value;
    const copy = roundTrip(value) as { first: object; second: object[]; self: object };
    expect(copy.self).toBe(copy);
    expect(copy.second[0]).toBe(copy.first);
  });

  it('keeps the type, message, stack and cause of an error', () => {
    const error = new TypeError('wrong', { cause: { detail: 1 } });
    const copy = roundTrip(error) as Error;
    expect(copy).toBeInstanceOf(TypeError);
    expect(copy).toMatchObject({ message: 'wrong', stack: error.stack, cause: { detail: 1 } });
  });

  it('takes a view for what it shows, not for the whole buffer behind it', () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(roundTrip(view)).toStrictEqual(new Uint8Array([2, 3]));
    expect(roundTrip(Buffer.from('text'))).toStrictEqual(new Uint8Array(Buffer.from('text')));
  });

  it('makes an own property of a member called __proto__', () => {
    const value: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    const copy = roundTrip(value) as { polluted?: boolean };
    expect(copy.polluted).toBeUndefined();
    expect(Object.getOwnPropertyNames(copy)).toStrictEqual(['__proto__']);
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
    ['a weak map', new WeakMap()],
    ['a function deep inside', { list: [{ callback: () => 1 }] }],
  ])('refuses %s with the words of Electron', (_name, value) => {
    expect(() => codec.encode(value)).toThrow('An object could not be cloned.');
  });
});
