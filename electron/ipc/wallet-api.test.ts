import { describe, expect, it } from 'vitest';
import { channelName, contract } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import { walletApi, type Channel, type RendererSide } from './wallet-api.ts';

const channels: readonly Channel[] = Object.entries<Readonly<Record<string, Entry>>>(
  contract,
).flatMap(([group, entries]) =>
  Object.entries(entries).map(([entry, { kind }]) => ({
    group,
    entry,
    kind,
    name: channelName(group, entry),
  })),
);

/** Electron's renderer side with nobody behind it. */
class Wire implements RendererSide {
  readonly asked: unknown[] = [];
  readonly listeners = new Map<string, Set<(event: unknown, payload: unknown) => void>>();
  answer: () => Promise<unknown> = () => Promise.resolve({ ok: true, value: 'done' });

  invoke(channel: string, request: unknown): Promise<unknown> {
    this.asked.push([channel, request]);
    return this.answer();
  }

  on(channel: string, listener: (event: unknown, payload: unknown) => void): void {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
  }

  off(channel: string, listener: (event: unknown, payload: unknown) => void): void {
    this.listeners.get(channel)?.delete(listener);
  }

  push(channel: string, payload: unknown): void {
    for (const listener of this.listeners.get(channel) ?? []) listener({ sender: this }, payload);
  }
}

describe('window.wallet', () => {
  it('has a method for each request and a listener for each notification of the contract', () => {
    const api = walletApi(channels, new Wire()) as unknown as Record<string, object>;
    const names = Object.entries(api).flatMap(([group, methods]) =>
      Object.keys(methods).map((method) => `${group}.${method}`),
    );
    const expected = channels.map(({ group, entry, kind }) =>
      kind === 'invoke'
        ? `${group}.${entry}`
        : `${group}.on${entry.slice(0, 1).toUpperCase()}${entry.slice(1)}`,
    );
    expect(names.sort()).toEqual(expected.sort());
    expect(names).toContain('enrollment.onChanged');
  });

  it('passes requests on and results back', async () => {
    const wire = new Wire();
    const api = walletApi(channels, wire);
    const result = await api.enrollment.cancel({ enrollmentId: 'a' });
    expect(result).toEqual({ ok: true, value: 'done' });
    expect(wire.asked).toEqual([['wallet:enrollment/cancel', { enrollmentId: 'a' }]]);
  });

  it('never rejects: a main process that is gone is a failure', async () => {
    const wire = new Wire();
    wire.answer = () => Promise.reject(new Error('no handler, and hunter2'));
    const result = await walletApi(channels, wire).wallet.initial({});
    expect(result).toEqual({ ok: false, failure: { code: 'internal' } });
  });

  it('hands a listener the payload alone, until it is taken off', () => {
    const wire = new Wire();
    const heard: unknown[][] = [];
    const stop = walletApi(channels, wire).wallet.onChanged((...values) => heard.push(values));
    wire.push('wallet:wallet/changed', { version: '1' });
    stop();
    wire.push('wallet:wallet/changed', { version: '2' });
    expect(heard).toEqual([[{ version: '1' }]]);
  });

  it('keeps two listeners apart', () => {
    const wire = new Wire();
    const api = walletApi(channels, wire);
    const heard: string[] = [];
    const stop = api.wallet.onChanged(() => heard.push('first'));
    api.wallet.onChanged(() => heard.push('second'));
    stop();
    wire.push('wallet:wallet/changed', {});
    expect(heard).toEqual(['second']);
  });
});
