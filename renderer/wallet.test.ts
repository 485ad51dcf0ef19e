import { describe, expect, it, vi } from 'vitest';
import type { InitialState } from '../shared/models/wallet.ts';
import { fakeWallet } from './testing/fake-wallet.ts';
import { authorization, proving, underway } from './testing/enrollments.ts';
import { scene } from './gallery/scene.ts';
import { openWallet, type WalletStore } from './wallet.ts';

const initial: InitialState = scene({ enrollments: [underway.working('key')] }).state;

async function opened(): Promise<{ store: WalletStore; main: ReturnType<typeof fakeWallet> }> {
  const main = fakeWallet(initial);
  const result = await openWallet(main.api);
  if (!result.ok) throw new Error('the double refused to open');
  return { store: result.value, main };
}

describe('the wallet store', () => {
  it('asks main once and hands on what main said', async () => {
    const { store, main } = await opened();
    expect(store.getState()).toBe(initial);
    expect(main.calls).toEqual([{ entry: 'wallet/initial', request: {} }]);
  });

  it('says why when main has nothing to show', async () => {
    const failure = { code: 'wallet-storage', reason: 'unreadable' } as const;
    const { api } = fakeWallet(initial, {
      wallet: { initial: () => Promise.resolve({ ok: false, failure }) },
    });
    await expect(openWallet(api)).resolves.toEqual({ ok: false, failure });
  });

  it('follows the wallet without touching the enrolments, and tells its listeners', async () => {
    const { store, main } = await opened();
    const listener = vi.fn();
    const unsubscribe = store.subscribe(listener);
    main.notify('wallet', 'changed', { ...initial.wallet, version: '2' });
    expect(store.getState().wallet.version).toBe('2');
    expect(store.getState().enrollments).toBe(initial.enrollments);
    unsubscribe();
    main.notify('wallet', 'changed', initial.wallet);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('replaces an enrolment that changed, adds a new one, and forgets one that was dismissed', async () => {
    const { store, main } = await opened();
    const first = proving([authorization()]);
    main.notify('enrollment', 'changed', first);
    main.notify('enrollment', 'changed', { ...first, enrollmentId: 'e-2' });
    expect(store.getState().enrollments).toEqual([first, { ...first, enrollmentId: 'e-2' }]);
    store.forget('e-1');
    expect(store.getState().enrollments.map(({ enrollmentId }) => enrollmentId)).toEqual(['e-2']);
  });

  it('follows the tokens without touching the rest', async () => {
    const { store, main } = await opened();
    main.notify('token', 'changed', { ...initial.tokens, status: 'looking' });
    expect(store.getState()).toEqual({
      ...initial,
      tokens: { status: 'looking', modules: [], pinQuestion: null },
    });
    expect(store.getState().enrollments).toBe(initial.enrollments);
  });

  it('misses nothing that main says while it is being asked', async () => {
    let answer = (): void => undefined;
    const main = fakeWallet(initial, {
      wallet: {
        initial: () =>
          new Promise((resolve) => {
            answer = () => resolve({ ok: true, value: initial });
          }),
      },
    });
    const opening = openWallet(main.api);
    main.notify('wallet', 'changed', { ...initial.wallet, version: '2' });
    answer();
    const result = await opening;
    expect(result.ok && result.value.getState().wallet.version).toBe('2');
  });

  it('keeps the same state between changes, as React demands of a snapshot', async () => {
    const { store } = await opened();
    expect(store.getState()).toBe(store.getState());
  });
});
