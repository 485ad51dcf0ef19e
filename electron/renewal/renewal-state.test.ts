import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import {
  answered,
  held,
  heldUntil,
  newRenewal,
  nextStep,
  renewalFailed,
  unanswered,
  type RenewalState,
} from './renewal-state.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = new Date('2026-03-01T12:00:00Z');
const after = (milliseconds: number): Date => new Date(now.getTime() + milliseconds);
const half = { now, random: () => 0.5 };
const fallback = { start: after(20 * day).toISOString(), end: after(25 * day).toISOString() };
const certificateIdentifier = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';

const begin = (more: object = {}): RenewalState =>
  newRenewal(
    { certificateIdentifier, issuedAt: after(-hour), notAfter: after(30 * day), fallback, ...more },
    half,
  );

const info = (from: number, to: number, retryAfter?: Date): RenewalInfo => ({
  suggestedWindow: { start: after(from), end: after(to) },
  explanationUrl: undefined,
  retryAfter,
});

const pauseOf = ({ askAt }: RenewalState): number => Date.parse(askAt ?? '') - now.getTime();

describe('a new certificate', () => {
  test('is asked about at once', () => {
    expect(nextStep(begin())).toEqual({ step: 'ask', at: now });
  });

  test('that nobody can be asked about is renewed within our own window', () => {
    const state = begin({ certificateIdentifier: undefined });
    expect(state.askAt).toBeNull();
    expect(nextStep(state)).toEqual({ step: 'renew', at: after(22.5 * day) });
  });

  test.each([
    ['ten minutes', 10 * minute, 5 * minute],
    ['a second', 1_000, minute],
    ['nothing', -day, minute],
  ])('that is valid for %s is not held back for an hour', (_title, life, hold) => {
    const { holdUntil } = begin({ issuedAt: now, notAfter: after(life) });
    expect(holdUntil).toBe(after(hold).toISOString());
  });
});

describe('an answer', () => {
  test('moves the renewal to any moment in the window with the same likelihood', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 1_000; draw += 1) {
      const random = (): number => (draw + 0.5) / 1_000;
      const { renewAt } = answered(begin(), info(0, day), { now, random });
      const share = Math.floor(((Date.parse(renewAt) - now.getTime()) / day) * 10);
      counts[share] = (counts[share] ?? 0) + 1;
    }
    expect(counts).toEqual(Array.from({ length: 10 }, () => 100));
  });

  test('that says the same again changes no moment', () => {
    const once = answered(begin(), info(day, 2 * day, after(hour)), { now, random: () => 0.1 });
    const again = answered(once, info(day, 2 * day, after(hour)), { now, random: () => 0.9 });
    expect(again.renewAt).toBe(once.renewAt);
    const other = answered(once, info(day, 3 * day, after(hour)), { now, random: () => 0.9 });
    expect(other.renewAt).not.toBe(once.renewAt);
  });

  test('with a window in the past means now', () => {
    const state = answered(begin(), info(-2 * day, -day, after(hour)), half);
    expect(Date.parse(state.renewAt)).toBeLessThan(now.getTime());
    expect(nextStep(state)).toEqual({ step: 'renew', at: now });
  });

  test('with a window in the past means an hour after the issuance for a new certificate', () => {
    const of = (more: object) => answered(begin(more), info(-2 * day, -day, after(2 * hour)), half);
    expect(nextStep(of({ issuedAt: now }))).toEqual({ step: 'renew', at: after(hour) });
    expect(nextStep(of({ issuedAt: after(-59 * minute) })).at).toEqual(after(minute));
  });

  test.each([
    ['a second', after(1_000), minute],
    ['a moment long gone', after(-day), minute],
    ['six hours', after(6 * hour), 6 * hour],
    ['a month', after(30 * day), day],
    ['nothing', undefined, 6 * hour],
  ])('that asks for %s is heeded within limits', (_title, retryAfter, pause) => {
    expect(pauseOf(answered(begin(), info(day, 2 * day, retryAfter), half))).toBe(pause);
  });

  test('is not asked for any more when the certificate expires before', () => {
    const state = begin({ notAfter: after(hour) });
    expect(answered(state, info(day, 2 * day, after(2 * hour)), half).askAt).toBeNull();
    expect(unanswered(state, 'long-term', half).askAt).toBeNull();
    expect(begin({ notAfter: after(-1) }).askAt).toBeNull();
  });
});

describe('no answer', () => {
  test('for a while is asked for again ever more slowly, then in six hours', () => {
    let state = begin();
    const pauses = Array.from({ length: 6 }, () => {
      state = unanswered(state, 'temporary', { now, random: () => 0.999_999 });
      return Math.round(pauseOf(state) / minute);
    });
    expect(pauses).toEqual([1, 2, 4, 8, 360, 1]);
  });

  test('for long is asked for in six hours', () => {
    expect(pauseOf(unanswered(begin(), 'long-term', half))).toBe(6 * hour);
  });

  test('leaves the window as the CA last said it', () => {
    const once = answered(begin(), info(day, 2 * day, after(hour)), half);
    const { window, renewAt } = unanswered(once, 'temporary', half);
    expect({ window, renewAt }).toEqual({ window: once.window, renewAt: once.renewAt });
  });
});

describe('a renewal that failed', () => {
  test('is held back, ever longer, though its moment has come', () => {
    let state = answered(begin(), info(-2 * day, -day, after(hour)), half);
    const holds = Array.from({ length: 10 }, () => {
      state = renewalFailed(state, { now, random: () => 0.999_999 });
      return Math.round((Date.parse(state.holdUntil ?? '') - now.getTime()) / minute);
    });
    expect(holds).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 720, 720]);
  });

  test('waits as long as the CA says, up to a day', () => {
    const hold = (until: Date) => renewalFailed(begin(), half, until).holdUntil;
    expect(hold(after(2 * hour))).toBe(after(2 * hour).toISOString());
    expect(hold(after(30 * day))).toBe(after(day).toISOString());
  });
});

test('whatever happens, the state stays whole and the next step has a time', () => {
  type Change = (state: RenewalState, random: () => number) => RenewalState;
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc
      .tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 400 }), fc.integer())
      .map(([from, length, retry]): Change => {
        const found = info(from * day, (from + length) * day, after(retry));
        return (state, random) => answered(state, found, { now, random });
      }),
    fc.constantFrom('temporary' as const, 'long-term' as const).map(
      (kind): Change =>
        (state, random) =>
          unanswered(state, kind, { now, random }),
    ),
    fc.constant<Change>((state, random) => renewalFailed(state, { now, random })),
  );
  fc.assert(
    fc.property(fc.array(change), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (all, at) => {
      let state = begin();
      for (const each of all) state = each(state, () => at);
      state = JSON.parse(JSON.stringify(state)) as RenewalState;
      const renewAt = Date.parse(state.renewAt);
      expect(renewAt).toBeGreaterThanOrEqual(Date.parse(state.window.start));
      expect(renewAt).toBeLessThan(Date.parse(state.window.end));
      expect(nextStep(state).at.getTime()).not.toBeNaN();
      if (state.askAt !== null && all.length > 0) {
        expect(pauseOf(state)).toBeLessThanOrEqual(day);
        expect(Date.parse(state.askAt)).toBeLessThan(Date.parse(state.notAfter));
      }
    }),
  );
});

describe('a CA that wants to be left alone', () => {
  test('is, until the time that it named, and for no longer than a day', () => {
    expect(heldUntil(after(hour), now)).toEqual(after(hour));
    expect(heldUntil(after(30 * day), now)).toEqual(after(day));
    for (const past of [after(0), after(-hour), new Date(Number.NaN)])
      expect(heldUntil(past, now)).toBeUndefined();
    const state = { ...begin(), askAt: null, renewAt: now.toISOString() };
    expect(nextStep(held(state, after(3 * hour), now))).toEqual({
      ...{ step: 'renew', at: after(3 * hour) },
    });
  });

  test('is not left alone for less than a new certificate is, nor for what a wrong clock wrote', () => {
    const state = { ...begin(), holdUntil: after(hour).toISOString() };
    for (const until of [after(minute), after(day + hour), after(900 * day), new Date(Number.NaN)])
      expect(held(state, until, now)).toBe(state);
  });
});
