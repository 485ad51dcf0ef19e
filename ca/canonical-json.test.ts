import { expect, test } from 'vitest';
import { canonicalDigest, canonicalJson } from './canonical-json.ts';
import type { Json } from './canonical-json.ts';

test('is as RFC 8785 has it', () => {
  // §3.2.2 and §3.2.3.
  const members = JSON.parse(
    String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
      "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
  ) as Json;
  expect(canonicalJson(members)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
      String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
  const names = {
    ...{ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
  };
  expect([...canonicalJson(names).matchAll(/:(\d)/g)].map(([, digit]) => digit).join('')).toBe(
    '2467153',
  );
});

test('the digest of nothing in an object is known', () => {
  // printf '{}' | openssl dgst -sha256 -binary | base64
  expect(canonicalDigest({})).toBe('RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o');
});

test.each(['\ud800', 'a\udc00b', Number.NaN, Number.POSITIVE_INFINITY])(
  '%j has no canonical form',
  (value) => {
    expect(() => canonicalJson({ value })).toThrow(
      expect.objectContaining({ code: 'notCanonical' }),
    );
    const named = () => canonicalJson({ [String(value)]: 1 });
    if (typeof value === 'string') expect(named).toThrow();
  },
);
