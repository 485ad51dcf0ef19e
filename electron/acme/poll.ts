import type { Clock } from './clock.ts';
import { AcmePollDeadline } from './protocol-error.ts';
import { pollPause } from './retry-after.ts';
import { backoffDelay, type Backoff } from './retry-policy.ts';

/** What can be polled: it may say when it ends and when to ask again. */
export interface Pollable {
  readonly url: string;
  readonly expires: Date | undefined;
  readonly retryAfter: Date | undefined;
}

export interface PollUntil<T> {
  /** When to stop asking; otherwise when waiting alone changes nothing any more. */
  readonly settled?: (value: T) => boolean;
  /** Given up with `AcmePollDeadline` then, or when the object expires. */
  readonly deadline?: Date;
}

/** How fast to ask, and by whose clock. */
export interface PollPace {
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface PollOptions<T extends Pollable> extends PollPace {
  /** What is being done, for errors. */
  readonly doing: string;
  /** The last answer that is known, if there is one: it is not asked for again before its time. */
  readonly last?: T | undefined;
  readonly fetch: () => Promise<T>;
  readonly settled: (value: T) => boolean;
  /** Given up then, or when the object expires. */
  readonly deadline?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks until the answer is settled; the server's Retry-After sets the pace, the back-off where there is none. */
export async function poll<T extends Pollable>(options: PollOptions<T>): Promise<T> {
  let value = options.last ?? (await options.fetch());
  for (let round = 0; !options.settled(value); round += 1) {
    await pause(value, round, options);
    value = await options.fetch();
  }
  return value;
}

async function pause<T extends Pollable>(
  value: T,
  round: number,
  { doing, deadline, backoff, clock, random, signal }: PollOptions<T>,
): Promise<void> {
  const now = clock.now();
  const delay =
    value.retryAfter === undefined
      ? backoffDelay(backoff, round, random)
      : pollPause(value.retryAfter, now);
  const wake = now.getTime() + delay;
  const end = Math.min(deadline?.getTime() ?? Infinity, value.expires?.getTime() ?? Infinity);
  if (wake > end) throw new AcmePollDeadline(doing, value.url);
  await clock.sleep(delay, signal);
}
