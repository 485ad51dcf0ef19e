import { describe, expect, test } from 'vitest';
import { Anticipation } from './anticipation.ts';

describe('the pause before the first question', () => {
  test('is none with a server that has sent nobody away', () => {
    const anticipation = new Anticipation();
    expect(anticipation.pause).toBe(0);
    anticipation.inTime();
    expect(anticipation.pause).toBe(0);
  });

  test('grows when the question came too early, to half a second at most', () => {
    const anticipation = new Anticipation();
    const pauses = Array.from({ length: 9 }, () => {
      anticipation.tooEarly(anticipation.pause);
      return anticipation.pause;
    });
    expect(pauses).toEqual([8, 16, 32, 64, 128, 256, 500, 500, 500]);
  });

  test('grows once when several came too early at once', () => {
    const anticipation = new Anticipation();
    for (const paused of [0, 0, 0, 8, 8, 0]) anticipation.tooEarly(paused);
    expect(anticipation.pause).toBe(16);
  });

  test('shrinks slowly when it did not, and is none in the end', () => {
    const anticipation = new Anticipation();
    anticipation.tooEarly(0);
    anticipation.inTime();
    expect(anticipation.pause).toBeCloseTo(7.92);
    for (let count = 0; count < 100; count += 1) anticipation.inTime();
    expect(anticipation.pause).toBe(0);
  });

  test('finds its place where a server takes thirty milliseconds', () => {
    const anticipation = new Anticipation();
    let early = 0;
    for (let count = 0; count < 1_000; count += 1) {
      if (anticipation.pause >= 30) anticipation.inTime();
      else {
        early += 1;
        anticipation.tooEarly(anticipation.pause);
      }
    }
    expect(early).toBeLessThan(20);
    expect(anticipation.pause).toBeLessThan(65);
  });
});
