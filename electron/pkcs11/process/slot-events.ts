import { Worker } from 'node:worker_threads';
import { orNull } from './cryptoki-error.ts';
import { ck, slotName, type Cryptoki, type Handle } from './cryptoki.ts';
import type { SlotEventMessage } from './slot-event-worker.ts';
import { readTokenState } from './token-state.ts';

export interface SlotEventOptions {
  readonly cryptoki: Cryptoki;
  /** Where `slot-event-worker` lies. */
  readonly worker: URL;
  readonly onChange: () => void;
  /** Nothing may call the module while something else does that would be disturbed. */
  readonly isBusy: () => boolean;
  /** Milliseconds between two looks, where the module has no events. */
  readonly pollEvery?: number;
}

const oneSecond = 1_000;

/**
 * Tells when something was plugged in or pulled out: by the module's own events, and by looking where it has none
 * (CKR_FUNCTION_NOT_SUPPORTED, or whatever else ends the waiting).
 */
export function watchSlots(options: SlotEventOptions): void {
  const { cryptoki } = options;
  // From before anybody looks, so that nothing is missed between that and the first poll.
  const first = sight(cryptoki);
  if (cryptoki.quirks.pollsForEvents || !cryptoki.isThreadSafe) {
    poll(options, first);
    return;
  }
  const worker = new Worker(options.worker, {
    workerData: cryptoki.path,
    stdout: true,
    stderr: true,
  });
  let last = first;
  const pollInstead = once(() => {
    poll(options, last);
  });
  worker.on('message', (message: SlotEventMessage) => {
    if ('event' in message) {
      // What was seen in the beginning may be there again when the first poll comes, and others know of the time between.
      last = unseen;
      options.onChange();
    } else pollInstead();
  });
  worker.on('error', pollInstead);
  worker.unref();
}

/** Unlike whatever can be seen. */
const unseen = '';

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function poll(
  { cryptoki, onChange, isBusy, pollEvery = oneSecond }: SlotEventOptions,
  first: string,
): void {
  let last = first;
  setInterval(() => {
    if (isBusy()) return;
    const now = sight(cryptoki);
    if (now !== last) onChange();
    last = now;
  }, pollEvery).unref();
}

/** Everything that shows that a token is another, or is in another state. */
function sight(cryptoki: Cryptoki): string {
  const slots = orNull(() => cryptoki.slots()) ?? [];
  return JSON.stringify(slots.map((slot) => [slotName(slot), tokenIn(cryptoki, slot)]));
}

function tokenIn(cryptoki: Cryptoki, slot: Handle): unknown {
  const info = orNull(() => cryptoki.call((module) => module.C_GetSlotInfo(slot)));
  if (info === null || (info.flags & ck.CKF_TOKEN_PRESENT) === 0) return null;
  const state = orNull(() => readTokenState(cryptoki, slot));
  return state && [state.identity, state.flags];
}
