import { describe, expect, it } from 'vitest';
import { secondsUntil, stepLeft } from './time-left.ts';

describe('the time left of a one-time code', () => {
  it('is the whole step at its beginning and one second at its end', () => {
    expect(stepLeft(60_000, 30)).toEqual({ seconds: 30, fraction: 1 });
    expect(stepLeft(89_000, 30)).toEqual({ seconds: 1, fraction: 1 / 30 });
    expect(stepLeft(89_999, 30).seconds).toBe(1);
    expect(stepLeft(90_000, 30).seconds).toBe(30);
  });

  it('follows the period of the challenge', () => {
    expect(stepLeft(75_000, 60)).toEqual({ seconds: 45, fraction: 0.75 });
  });
});

describe('the time until one may try again', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');

  it('is counted in whole seconds, never early', () => {
    expect(secondsUntil('2026-11-22T10:00:00.200Z', now)).toBe(1);
    expect(secondsUntil('2026-11-22T10:05:00Z', now)).toBe(300);
  });

  it('is nothing when it has passed, is not said or makes no sense', () => {
    expect(secondsUntil('2026-11-22T09:59:59Z', now)).toBe(0);
    expect(secondsUntil(undefined, now)).toBe(0);
    expect(secondsUntil('soon', now)).toBe(0);
  });
});
