import type { Totp } from '../credentials/credentials.ts';
import type { Holder } from '../credentials/purse.ts';
import type { Trial } from '../trial.ts';

/** Seconds after the beginning of a step, and before its end, in which the two clocks may disagree about it. */
const AFTER = 1.5;
const BEFORE = 4;

/** The time step of the server's clock, and how many seconds of it have passed. */
export function stepNow(
  { credential: { period } }: { readonly credential: Totp },
  { world }: Trial,
): { readonly step: number; readonly into: number } {
  const seconds = world.server.time() / 1000;
  const step = Math.floor(seconds / period);
  return { step, into: seconds - step * period };
}

/**
 * A step that was not used yet, and is so many steps from now as one of `offsets` says. Waits for it, and until both
 * clocks agree; afterwards it counts as used.
 */
export async function nextStep(
  holder: Holder<'totp'>,
  trial: Trial,
  offsets: readonly number[] = [0, 1],
): Promise<number> {
  const { purse, server, wait } = trial.world;
  const { period } = holder.credential;
  await server.directory();
  for (;;) {
    const last = purse.counter(holder, 0);
    const { step, into } = stepNow(holder, trial);
    const found = offsets.map((offset) => step + offset).find((one) => one > last);
    const margin = period < 12 ? 0 : BEFORE;
    const isCalm = into >= Math.min(AFTER, period / 4) && into <= period - margin;
    if (isCalm && found !== undefined) {
      purse.moveCounter(holder, found);
      return found;
    }
    const untilNext = period - into + Math.min(AFTER, period / 4);
    await wait((into < AFTER && found !== undefined ? AFTER - into : untilNext) * 1000 + 50);
  }
}
