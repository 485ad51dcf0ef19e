import { describe, expect, test } from 'vitest';
import { AcmeProblem } from '../acme/problem.ts';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import { HttpError } from '../http/http-client.ts';
import { ImpatientClock } from '../testing/local-ca.ts';
import { keepRenewing, renewDue, type RenewalOptions } from './renewal-schedule.ts';
import { newRenewal, type RenewalState } from './renewal-state.ts';
import { RenewalMap, type RenewalEntry } from './renewal-store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const never = new AbortController().signal;
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world(count: number, options: Partial<RenewalOptions> = {}) {
  const clock = new ImpatientClock();
  const begun = clock.now().getTime();
  const at = (milliseconds: number): string => new Date(begun + milliseconds).toISOString();
  const moment = { now: clock.now(), random: Math.random };
  const renewal = {
    certificateIdentifier: 'a.b',
    notAfter: new Date(begun + 30 * day),
    fallback: { start: at(20 * day), end: at(25 * day) },
  };
  const store = new RenewalMap(
    Array.from({ length: count }, (_each, index) => ({
      id: String(index),
      state: newRenewal(renewal, moment),
    })),
  );
  const log: string[] = [];
  const all: RenewalOptions = {
    store,
    clock,
    concurrency: 4,
    random: Math.random,
    report: ({ id }) => log.push(`failed ${id}`),
    ask: ({ id }) => {
      log.push(`ask ${id}`);
      return Promise.resolve(windowOf(begun + day, begun + 2 * day, clock));
    },
    renew: ({ id }) => {
      log.push(`renew ${id}`);
      return Promise.resolve();
    },
    ...options,
  };
  return { clock, store, log, options: all, begun };
}

const windowOf = (start: number, end: number, clock: ImpatientClock): RenewalInfo => ({
  suggestedWindow: { start: new Date(start), end: new Date(end) },
  explanationUrl: undefined,
  retryAfter: new Date(clock.now().getTime() + 6 * hour),
});

describe('what is due', () => {
  test('is done, at most so many at once, and all that were due', async () => {
    let busy = 0;
    let most = 0;
    const { store, options, clock, begun } = world(1_000, {
      renew: async () => {
        busy += 1;
        most = Math.max(most, busy);
        await tick();
        busy -= 1;
      },
    });
    await renewDue(options, never);
    expect(store.size).toBe(1_000);
    clock.set(new Date(begun + 2 * day));
    await renewDue(options, never);
    expect(store.size).toBe(0);
    expect(most).toBe(4);
  });

  test('is read only as far as it can be begun', async () => {
    const { store, options } = world(500);
    const limits: number[] = [];
    const watched = {
      first: (limit: number, except: ReadonlySet<string>) => {
        limits.push(limit);
        return store.first(limit, except);
      },
      save: (entry: RenewalEntry) => store.save(entry),
      remove: (id: string) => store.remove(id),
    };
    await renewDue({ ...options, store: watched }, never);
    expect(Math.max(...limits)).toBe(4);
  });

  test('is nothing before its time', async () => {
    const { log, options } = world(3);
    await renewDue(options, never);
    await renewDue(options, never);
    expect(log).toEqual(['ask 0', 'ask 1', 'ask 2']);
  });

  test('does not end for the others when one fails', async () => {
    const { clock, store, options, log, begun } = world(3, {
      renew: ({ id }) => (id === '1' ? Promise.reject(new Error('no')) : Promise.resolve()),
    });
    await renewDue(options, never);
    clock.set(new Date(begun + 2 * day));
    await renewDue(options, never);
    expect(log.filter((line) => line.startsWith('failed'))).toEqual(['failed 1']);
    expect(store.get('1')).toMatchObject({ failed: 1, holdUntil: expect.any(String) as string });
    expect(store.size).toBe(1);
  });

  test('ends with the store when that cannot be written', async () => {
    const { options, store } = world(3);
    const broken = {
      first: (limit: number, except: ReadonlySet<string>) => store.first(limit, except),
      save: () => {
        throw new Error('the disk is full');
      },
      remove: () => undefined,
    };
    await expect(renewDue({ ...options, store: broken }, never)).rejects.toThrow('disk');
  });

  test('that was stopped is as before, and no failure', async () => {
    const stop = new AbortController();
    const reason = new Error('closing');
    const { store, options, log } = world(2, {
      ask: (_entry, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    });
    const before = store.get('0');
    const running = renewDue(options, stop.signal);
    await tick();
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(store.get('0')).toEqual(before);
    expect(log).toEqual([]);
  });
});

describe('a question that fails', () => {
  const problem = (status: number) =>
    new AcmeProblem('asking', {}, status, { url: 'https://ca.example/' });

  test.each<[string, Error, 'soon' | 'in six hours']>([
    ['a time-out', new HttpError('timeout', 'ca.example'), 'soon'],
    ['a broken connection', new HttpError('reset', 'ca.example'), 'soon'],
    ['a 503', problem(503), 'soon'],
    ['a refused connection', new HttpError('refused', 'ca.example'), 'in six hours'],
    ['an unknown name', new HttpError('name-not-found', 'ca.example'), 'in six hours'],
    ['a 404', problem(404), 'in six hours'],
    ['a 429', problem(429), 'in six hours'],
    ['nonsense', new Error('nonsense'), 'in six hours'],
  ])('by %s is asked again %s', async (_title, error, when) => {
    const { options, store, begun } = world(1, { ask: () => Promise.reject(error) });
    await renewDue(options, never);
    const pause = Date.parse(store.get('0')?.askAt ?? '') - begun;
    expect(pause).toBeLessThanOrEqual(6 * hour);
    expect(pause < hour ? 'soon' : 'in six hours').toBe(when);
  });
});

describe('as long as it runs', () => {
  test('each is asked about as the CA says and renewed once, within its window', async () => {
    const stop = new AbortController();
    const renewed: { readonly id: string; readonly at: number }[] = [];
    const { clock, store, options, begun, log } = world(200, {
      renew: ({ id }) => {
        renewed.push({ id, at: clock.now().getTime() });
        if (store.size === 1) queueMicrotask(() => stop.abort(new Error('all done')));
        return Promise.resolve();
      },
    });
    await expect(keepRenewing(options, stop.signal)).rejects.toThrow('all done');
    expect(new Set(renewed.map(({ id }) => id)).size).toBe(200);
    expect(renewed).toHaveLength(200);
    const hours = renewed.map(({ at }) => Math.floor((at - begun) / hour));
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(24);
    expect(Math.max(...hours)).toBeLessThanOrEqual(48);
    // Spread over the day, not heaped.
    expect(new Set(hours).size).toBeGreaterThan(15);
    expect(log.filter((line) => line === 'ask 7').length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(60_000);
  });

  test('a CA that wants each certificate replaced at once gets one an hour', async () => {
    const stop = new AbortController();
    const renewed: number[] = [];
    const { clock, store, options, begun } = world(1);
    const past: RenewalOptions = {
      ...options,
      ask: () => Promise.resolve(windowOf(begun - 2 * day, begun - day, clock)),
      renew: ({ id }) => {
        renewed.push(clock.now().getTime() - begun);
        const notAfter = new Date(clock.now().getTime() + 30 * day);
        const window = { start: notAfter.toISOString(), end: notAfter.toISOString() };
        const state = newRenewal(
          { certificateIdentifier: 'a.b', notAfter, fallback: window },
          { now: clock.now(), random: Math.random },
        );
        store.save({ id: `${id}'`, state });
        if (renewed.length === 5) stop.abort(new Error('enough'));
        return Promise.resolve();
      },
    };
    await expect(keepRenewing(past, stop.signal)).rejects.toThrow('enough');
    expect(renewed.map((at) => Math.floor(at / hour))).toEqual([1, 2, 3, 4, 5]);
  });

  test('it goes on from what was kept', async () => {
    const { options, store, clock, begun } = world(2);
    await renewDue(options, never);
    const kept = JSON.parse(JSON.stringify(store.first(2, new Set()))) as readonly {
      readonly id: string;
      readonly state: RenewalState;
    }[];
    const restarted = new RenewalMap(kept);
    clock.set(new Date(begun + 2 * day));
    await renewDue({ ...options, store: restarted }, never);
    expect(restarted.size).toBe(0);
  });
});
