import type { Clock } from '../acme/clock.ts';
import { AcmeProblem } from '../acme/problem.ts';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import { isTemporaryError } from '../acme/temporary-error.ts';
import { answered, nextStep, renewalFailed, unanswered } from './renewal-state.ts';
import type { RenewalEntry, RenewalStore } from './renewal-store.ts';

export interface RenewalOptions {
  readonly store: RenewalStore;
  /** `client.renewalInfo.fetch` of the account that the certificate belongs to. */
  readonly ask: (entry: RenewalEntry, signal: AbortSignal) => Promise<RenewalInfo>;
  /** Replaces the certificate, naming it in the order's `replaces`. What follows for the new one is saved by whoever does it. */
  readonly renew: (entry: RenewalEntry, signal: AbortSignal) => Promise<void>;
  /** How many are busy at the same time. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Hears of what failed and will be tried again. */
  readonly report: (entry: RenewalEntry, error: unknown) => void;
}

/** Does all that is due, and resolves when nothing is any more. Rejects with the signal's reason, or when the store fails. */
export async function renewDue(options: RenewalOptions, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>();
  try {
    for (;;) {
      signal.throwIfAborted();
      for (const entry of dueOf(options, running)) {
        const done = takeStep(entry, options, signal).finally(() => running.delete(entry.id));
        running.set(entry.id, done);
      }
      if (running.size === 0) return;
      await Promise.race(running.values());
    }
  } finally {
    // Nobody works on behind the back of whoever waits here.
    await Promise.allSettled(running.values());
  }
}

/** Only as many as can be begun are ever read: a hundred thousand renewals need no more memory than a few. */
function dueOf(
  { store, concurrency, clock }: RenewalOptions,
  running: ReadonlyMap<string, unknown>,
): readonly RenewalEntry[] {
  const free = concurrency - running.size;
  if (free <= 0) return [];
  const now = clock.now();
  const entries = store.first(free, new Set(running.keys()));
  return entries.filter(({ state }) => nextStep(state).at <= now);
}

/** Rejects only when the store does, or when it was stopped: then the state is as before, and the step is due again. */
const takeStep = (
  entry: RenewalEntry,
  options: RenewalOptions,
  signal: AbortSignal,
): Promise<void> =>
  nextStep(entry.state).step === 'ask'
    ? ask(entry, options, signal)
    : renew(entry, options, signal);

async function ask(
  entry: RenewalEntry,
  options: RenewalOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, random, report } = options;
  const { id, state } = entry;
  // RFC 9773 §4.3: not "after the certificate has expired", however long this computer slept.
  if (Date.parse(state.notAfter) <= clock.now().getTime()) {
    store.save({ id, state: { ...state, askAt: null } });
    return;
  }
  let info: RenewalInfo;
  try {
    info = await options.ask(entry, signal);
  } catch (error) {
    signal.throwIfAborted();
    report(entry, error);
    const kind = isTemporaryError(error) ? 'temporary' : 'long-term';
    store.save({ id, state: unanswered(state, kind, { now: clock.now(), random }) });
    return;
  }
  store.save({ id, state: answered(state, info, { now: clock.now(), random }) });
}

async function renew(
  entry: RenewalEntry,
  options: RenewalOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, random, report } = options;
  const { id, state } = entry;
  try {
    await options.renew(entry, signal);
  } catch (error) {
    signal.throwIfAborted();
    report(entry, error);
    const retryAfter = error instanceof AcmeProblem ? error.context.retryAfter : undefined;
    store.save({ id, state: renewalFailed(state, { now: clock.now(), random }, retryAfter) });
    return;
  }
  store.remove(id);
}

/** Milliseconds: a timer knows neither of months nor that the computer slept. */
const longestSleep = 60_000;

/** Renews for as long as the program runs. Never resolves; rejects with the signal's reason, or when the store fails. */
export async function keepRenewing(options: RenewalOptions, signal: AbortSignal): Promise<never> {
  const { store, clock } = options;
  for (;;) {
    await renewDue(options, signal);
    const [next] = store.first(1, new Set());
    const rest = next ? nextStep(next.state).at.getTime() - clock.now().getTime() : longestSleep;
    await clock.sleep(Math.min(Math.max(rest, 0), longestSleep), signal);
  }
}
