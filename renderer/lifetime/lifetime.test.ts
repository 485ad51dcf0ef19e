import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifetimeGeometry, phaseOf } from './lifetime.ts';

const tenDays = {
  status: 'active',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2026-01-11T00:00:00Z',
  renewal: { start: '2026-01-08T00:00:00Z', end: '2026-01-10T00:00:00Z' },
} as const;
const at = (day: string): number => Date.parse(`2026-01-${day}T00:00:00Z`);

describe('the phase of a credential', () => {
  it('goes from good to due to expired', () => {
    expect(phaseOf(tenDays, at('02'))).toBe('good');
    expect(phaseOf(tenDays, at('08'))).toBe('renew');
    expect(phaseOf(tenDays, at('11'))).toBe('expired');
  });

  it('is early before it begins, but not for a minute’s difference of clocks', () => {
    expect(phaseOf(tenDays, at('01') - 59_000)).toBe('good');
    expect(phaseOf(tenDays, at('01') - 61_000)).toBe('early');
  });

  it('is revoked whatever the time', () => {
    for (const day of ['02', '08', '20'])
      expect(phaseOf({ ...tenDays, status: 'revoked' }, at(day))).toBe('revoked');
  });
});

describe('the plot of a lifetime', () => {
  it('puts now and the renewal window where they belong', () => {
    expect(lifetimeGeometry(tenDays, at('06'))).toEqual({
      now: 50,
      renewalStart: 70,
      renewalEnd: 90,
    });
  });

  it('keeps everything on the line, whatever the dates', () => {
    const time = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
    fc.assert(
      fc.property(time, time, time, time, time, (notBefore, notAfter, start, end, now) => {
        const credential = { ...tenDays, notBefore, notAfter, renewal: { start, end } };
        const geometry = lifetimeGeometry(credential, Date.parse(now));
        for (const value of Object.values(geometry)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100);
        }
        expect(geometry.renewalEnd).toBeGreaterThanOrEqual(geometry.renewalStart);
      }),
    );
  });
});
