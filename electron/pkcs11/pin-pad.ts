import { TokenError } from './token-error.ts';

/** Milliseconds: readers wait for fifteen seconds or more. */
const usualPatience = 14_000;

export interface PadOptions {
  /** Milliseconds after which "cancelled" means that the reader was left alone. */
  readonly padPatience: number | undefined;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: (() => number) | undefined;
}

/** Readers say the same (CKR_FUNCTION_CANCELED) when the person cancels and when nobody comes: the time tells. */
export async function askOnPad<T>(
  call: () => Promise<T>,
  { padPatience = usualPatience, now = () => performance.now() }: PadOptions,
): Promise<T> {
  const start = now();
  try {
    return await call();
  } catch (error) {
    const isCancelled = error instanceof TokenError && error.reason === 'pin-cancelled';
    if (!isCancelled || now() - start < padPatience) throw error;
    const facts = { ...error.facts, reason: 'pin-timed-out' } as const;
    throw new TokenError(facts, 'waiting for a PIN pad', { cause: error });
  }
}
