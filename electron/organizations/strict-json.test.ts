import { cpuUsage } from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson, StrictJsonError } from './strict-json.ts';

describe('parseStrictJson', () => {
  it('reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indentation) => {
        const text = JSON.stringify(value, null, indentation);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['repeated members', '{"a":1,"a":2}'],
    ['members that are the same once unescaped', '{"a":1,"\\u0061":2}'],
    ['repetition deep inside', '[{"b":{"a":1,"c":[],"a":1}}]'],
    ['a repeated __proto__', '{"__proto__":1,"__proto__":2}'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseStrictJson(text)).toThrow('a member is repeated');
  });

  it('does not take the same name in different objects for repetition', () => {
    expect(parseStrictJson('{"a":{"a":[{"a":1},{"a":2}]},"b":"a\\":"}')).toEqual({
      a: { a: [{ a: 1 }, { a: 2 }] },
      b: 'a":',
    });
  });

  it('refuses nesting beyond 32 levels, however deep', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseStrictJson(nested(32))).toBeInstanceOf(Array);
    for (const depth of [33, 1000]) {
      expect(() => parseStrictJson(nested(depth))).toThrow('nested too deeply');
    }
    for (const text of [nested(200_000), '['.repeat(200_000), '{"a":'.repeat(50_000)]) {
      expect(() => parseStrictJson(text)).toThrow(StrictJsonError);
    }
  });

  it.each(['', '{', '}', ']]', '"', '{"a":1', '{a:1}', '{"\\x":1}', '{"a":1}}', '\u0000'])(
    'refuses %j, which is not JSON',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(StrictJsonError);
    },
  );

  it('takes __proto__ for an ordinary member', () => {
    const value = parseStrictJson('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads a quarter of a megabyte of quotes and backslashes in no time', () => {
    const started = cpuUsage();
    expect(() => parseStrictJson(`"${'\\"'.repeat(120_000)}`)).toThrow(StrictJsonError);
    expect(() => parseStrictJson('"\\'.repeat(80_000))).toThrow(StrictJsonError);
    expect(cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
