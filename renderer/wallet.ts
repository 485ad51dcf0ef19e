import { createContext, use, useSyncExternalStore } from 'react';
import type { EnrollmentState } from '../shared/enrollment-state.ts';
import type { Result } from '../shared/failure.ts';
import type { WalletApi } from '../shared/ipc-contract.ts';
import type { InitialState } from '../shared/models/wallet.ts';

declare global {
  interface Window {
    readonly wallet: WalletApi;
  }
}

/** The last state that main sent, and the way to ask main for something. */
export interface WalletStore {
  readonly api: WalletApi;
  readonly getState: () => InitialState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Drops an enrolment that main has taken off its list: of all changes, that one is not notified. */
  readonly forget: (enrollmentId: string) => void;
}

/**
 * Asks main for its state, once, and follows it from there.
 * What main sends before it answers is already in the answer: a channel keeps its order.
 */
export async function openWallet(api: WalletApi = window.wallet): Promise<Result<WalletStore>> {
  const initial = await api.wallet.initial({});
  return initial.ok ? { ok: true, value: followWallet(api, initial.value) } : initial;
}

function followWallet(api: WalletApi, initial: InitialState): WalletStore {
  const listeners = new Set<() => void>();
  let state = initial;
  const become = (next: InitialState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  api.wallet.onChanged((wallet) => become({ ...state, wallet }));
  api.enrollment.onChanged((enrollment) =>
    become({ ...state, enrollments: withEnrollment(state.enrollments, enrollment) }),
  );
  return {
    api,
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (enrollmentId) =>
      become({
        ...state,
        enrollments: state.enrollments.filter((other) => other.enrollmentId !== enrollmentId),
      }),
  };
}

/** The list with one enrolment replaced, or added at the end. */
export function withEnrollment(
  enrollments: readonly EnrollmentState[],
  changed: EnrollmentState,
): readonly EnrollmentState[] {
  const known = enrollments.some((other) => other.enrollmentId === changed.enrollmentId);
  if (!known) return [...enrollments, changed];
  return enrollments.map((other) =>
    other.enrollmentId === changed.enrollmentId ? changed : other,
  );
}

export const WalletContext = createContext<WalletStore | null>(null);

/** The wallet that `app.tsx` provides. */
export function useWallet(): WalletStore {
  const store = use(WalletContext);
  if (store === null) throw new Error('useWallet outside of WalletContext');
  return store;
}

export function useWalletState(): InitialState {
  const { subscribe, getState } = useWallet();
  return useSyncExternalStore(subscribe, getState);
}
