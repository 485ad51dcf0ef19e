import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  flag,
  lenient,
  list,
  missing,
  object,
  oneOf,
  optional,
  record,
  resourceUrl,
  ShapeMismatch,
  text,
  url,
  wholeNumber,
  type Reader,
} from './shape.ts';
import { timestamp } from './timestamp.ts';

const readers: Readonly<Record<string, Reader<unknown>>> = {
  flag,
  timestamp,
  resourceUrl,
  url: url(),
  text: text({ minimum: 1, maximum: 3, pattern: /^[a-z]+$/ }),
  'whole number': wholeNumber(1, 3),
  choice: oneOf(['a', 1]),
  list: list(flag, { minimum: 1, maximum: 2 }),
  object: object({ a: flag }),
  record: record(flag, { longestName: 2, maximum: 2 }),
};

const bad: Readonly<Record<string, readonly unknown[]>> = {
  flag: [undefined, null, 0, 'true', {}],
  timestamp: ['2026-02-30', '2026-13-01T00:00:00Z', 'now', 1, '2026-01-01T00:00:00', undefined],
  resourceUrl: ['http://a.example/', 'https://', '/a', 'https://a.example/\n', ' https://a/', 7],
  url: ['a', 'https://a b/', 'data:\u0000', `https://a/${'x'.repeat(2048)}`],
  text: ['', 'abcd', 'A', 1, null, ['a']],
  'whole number': [0, 4, 1.5, NaN, Infinity, '2', null],
  choice: ['b', '1', 2, undefined],
  list: [[], [true, true, true], ['true'], {}, 'ab'],
  object: [null, [], 'a', { a: 1 }, {}, Object.create({ a: true })],
  record: [null, [], { abc: true }, { a: 1 }, { a: true, b: true, c: true }],
};

describe.each(Object.keys(readers))('a reader of a %s', (kind) => {
  const read = readers[kind] ?? flag;

  test.each(bad[kind] ?? [])('refuses %j', (value) => {
    expect(() => read(value, 'there')).toThrow(ShapeMismatch);
  });

  test('reads or refuses, and never quotes what it was given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.uuid(), (json, secret) => {
        for (const value of [json, secret, [secret], { [secret]: secret }, { a: secret }]) {
          try {
            read(value, 'there');
          } catch (error) {
            expect(error).toBeInstanceOf(ShapeMismatch);
            expect(String(error)).not.toContain(secret);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('optional takes null for nothing, missing does not, and lenient takes anything for nothing', () => {
  expect(optional(flag)(null, '')).toBeUndefined();
  expect(() => optional(flag)('x', '')).toThrow(ShapeMismatch);
  expect(missing(flag)(undefined, '')).toBeUndefined();
  expect(() => missing(flag)(null, '')).toThrow(ShapeMismatch);
  expect(lenient(flag)('x', '')).toBeUndefined();
  expect(lenient(flag)(true, '')).toBe(true);
});

test('an object is read without members of its prototype, and says where it is wrong', () => {
  const read = object({
    toString: optional(flag),
    deep: list(object({ a: flag }), { maximum: 9 }),
  });
  expect(read({ deep: [] }, '').toString).toBeUndefined();
  expect(() => read({ deep: [{ a: true }, { a: 1 }] }, '')).toThrow(
    expect.objectContaining({ path: 'deep[1].a' }),
  );
});

test('a record keeps any name as its own', () => {
  const read = record(text({ maximum: 9 }), { longestName: 20, maximum: 9 });
  const json: unknown = JSON.parse('{"__proto__": "a", "constructor": "b"}');
  const found = read(json, '');
  expect(Object.entries(found)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
});
