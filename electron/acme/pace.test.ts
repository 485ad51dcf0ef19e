import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImpatientClock } from '../testing/local-ca.ts';
import { systemClock } from './clock.ts';
import { poll, type Pollable } from './poll.ts';
import { AcmePollDeadline } from './protocol-error.ts';
import { backoffDelay, defaultPollBackoff } from './retry-policy.ts';

const url = 'https://ca.example/acme/order/1';

/** Polls something that settles after so many looks. */
async function run(looks: number, each: Partial<Pollable> = {}, deadline?: Date) {
  const clock = new ImpatientClock();
  let looked = 0;
  const attempt = poll({
    doing: 'waiting',
    fetch: () => {
      looked += 1;
      return Promise.resolve({ url, expires: undefined, retryAfter: undefined, ...each });
    },
    settled: () => looked === looks,
    backoff: defaultPollBackoff,
    clock,
    random: () => 0.5,
    deadline,
  });
  await attempt;
  return clock.slept;
}

describe('polling', () => {
  test('looks at once, then soon, then ever more slowly', async () => {
    expect(await run(1)).toEqual([]);
    expect(await run(9)).toEqual([2, 6, 18, 54, 162, 486, 1458, 4374]);
    expect((await run(14)).slice(-3)).toEqual([15_000, 15_000, 15_000]);
  });

  test('ends when the object expires', async () => {
    const expires = new Date(Date.now() + 60_000);
    await expect(run(50, { expires })).rejects.toBeInstanceOf(AcmePollDeadline);
  });

  test('ends at the earlier of both ends', async () => {
    const soon = new Date(Date.now() + 100);
    const late = new Date(Date.now() + 1e9);
    await expect(run(50, { expires: late }, soon)).rejects.toBeInstanceOf(AcmePollDeadline);
    await expect(run(50, { expires: soon }, late)).rejects.toBeInstanceOf(AcmePollDeadline);
  });

  test('spreads its delays by a fifth at most', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (round, random) => {
          const middle = backoffDelay(defaultPollBackoff, round, () => 0.5);
          const delay = backoffDelay(defaultPollBackoff, round, () => random);
          expect(Math.abs(delay - middle)).toBeLessThanOrEqual(middle * 0.2 + 1e-9);
        },
      ),
    );
  });
});

describe('the system’s clock', () => {
  test('sleeps', async () => {
    const before = Date.now();
    await systemClock.sleep(20);
    expect(Date.now() - before).toBeGreaterThanOrEqual(18);
  });

  test('wakes with the reason of an abort, before or amid', async () => {
    const reason = new Error('enough');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    setTimeout(() => controller.abort(reason), 5);
    await expect(sleep).rejects.toBe(reason);
  });
});
