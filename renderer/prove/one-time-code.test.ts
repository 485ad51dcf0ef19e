import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCode, withoutGrouping } from './one-time-code.ts';

const totp = { digits: 6 } as const;

describe('a typed one-time code', () => {
  it.each(['287082', ' 287 082 ', '287-082', '287\u00a0082', '287–082', '2 8 7 0 8 2'])(
    'is the same with spaces and hyphens: %s',
    (typed) => expect(readCode(typed, totp)).toEqual({ code: '287082' }),
  );

  it('keeps its leading zeros', () => {
    expect(readCode('000 123', totp)).toEqual({ code: '000123' });
  });

  it('is not sent when it cannot be right', () => {
    expect(readCode(' - ', totp)).toEqual({ fault: 'empty' });
    expect(readCode('28708', totp)).toEqual({ fault: 'length' });
    expect(readCode('2870821', totp)).toEqual({ fault: 'length' });
    expect(readCode('28708a', totp)).toEqual({ fault: 'not-digits' });
    expect(readCode('٢٨٧٠٨٢', totp)).toEqual({ fault: 'not-digits' });
  });

  it('is found in whatever grouping it is pasted', () => {
    const separator = fc.stringMatching(/^[ \t\u00a0-]{0,3}$/);
    const digit = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(digit, separator), { minLength: 6, maxLength: 6 }), (parts) => {
        const typed = parts.map(([value, gap]) => `${value}${gap}`).join('');
        expect(withoutGrouping(typed)).toBe(parts.map(([value]) => value).join(''));
      }),
    );
  });
});

describe('an answer of any text', () => {
  it('stays as it is, but for what a paste brings along at its ends', () => {
    expect(readCode(' Kx9-4q push \n', {})).toEqual({ code: 'Kx9-4q push' });
  });

  it('is not sent when no CA could take it', () => {
    expect(readCode('  ', {})).toEqual({ fault: 'empty' });
    expect(readCode('x'.repeat(64), {})).toEqual({ code: 'x'.repeat(64) });
    expect(readCode('x'.repeat(65), {})).toEqual({ fault: 'too-long' });
    expect(readCode('grün', {})).toEqual({ fault: 'not-plain' });
    expect(readCode('one\ttwo', {})).toEqual({ fault: 'not-plain' });
  });
});
