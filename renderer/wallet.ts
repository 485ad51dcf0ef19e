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

type Change = (state: InitialState) => InitialState;

/** Asks main for its state, once, and follows it from there. */
export async function openWallet(api: WalletApi = window.wallet): Promise<Result<WalletStore>> {
  const early: Change[] = [];
  let apply = (change: Change): void => void early.push(change);
  api.wallet.onChanged((wallet) => apply((state) => ({ ...state, wallet })));
  api.enrollment.onChanged((changed) =>
    apply((state) => ({ ...state, enrollments: withEnrollment(state.enrollments, changed) })),
  );
  api.token.onChanged((tokens) => apply((state) => ({ ...state, tokens })));
  api.approval.onChanged((approvals) => apply((state) => ({ ...state, approvals })));
  const initial = await api.wallet.initial({});
  if (!initial.ok) return initial;
  // Main notifies of every change, so the last that came before the answer is at least as young as the answer.
  const { store, become } = createStore(
    api,
    early.reduce((state, change) => change(state), initial.value),
  );
  apply = (change) => become(change(store.getState()));
  return { ok: true, value: store };
}

function createStore(api: WalletApi, initial: InitialState) {
  const listeners = new Set<() => void>();
  let state = initial;
  const become = (next: InitialState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  const store: WalletStore = {
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
  return { store, become };
}

/** The list with one enrolment replaced, or added at the end. */
function withEnrollment(
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
