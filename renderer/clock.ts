import { createContext, use, useCallback, useSyncExternalStore } from 'react';

/** The present time in milliseconds since the epoch. */
export type Clock = () => number;

export const ClockContext = createContext<Clock>(Date.now);

/** The present time, rounded down to `interval` milliseconds and kept up to date. */
export function useNow(interval: number): number {
  const clock = use(ClockContext);
  const subscribe = useCallback(
    (notify: () => void) => {
      const timer = setInterval(notify, Math.min(interval / 4, 15_000));
      return () => clearInterval(timer);
    },
    [interval],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(clock() / interval) * interval);
}
