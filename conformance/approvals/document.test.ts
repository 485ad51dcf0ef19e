import { describe, expect, it } from 'vitest';
import { rules } from './document.ts';

describe('a time in a document', () => {
  it('is in UTC, with seconds, and of a day that there is', () => {
    const good = ['2026-12-01T00:00:00Z', '2028-02-29T23:59:59Z'];
    const bad = ['2026-02-30T00:00:00Z', '2026-12-01T24:00:00Z', '2026-12-01T00:00:00.000Z'];
    const others = ['2026-12-01T00:00:00+00:00', '2026-12-01', 'tomorrow', '', 1, undefined];
    expect(good.map(rules.time.holds)).toEqual([true, true]);
    expect([...bad, ...others].filter(rules.time.holds)).toEqual([]);
  });
});
