import type { WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import { contract } from '../../shared/ipc-contract.ts';
import type { Entry } from '../../shared/ipc-entry.ts';
import { notifierFor } from './notifier.ts';

describe('notifierFor', () => {
  it('has every notification of the contract and nothing else', () => {
    const notifications = Object.entries(notifierFor(() => null)).flatMap(([group, entries]) =>
      Object.keys(entries).map((entry) => `${group}.${entry}`),
    );
    const expected = Object.entries<Readonly<Record<string, Entry>>>(contract).flatMap(
      ([group, entries]) =>
        Object.entries(entries)
          .filter(([, { kind }]) => kind === 'notify')
          .map(([entry]) => `${group}.${entry}`),
    );
    expect(notifications).toEqual(expected);
    expect(notifications).toContain('wallet.changed');
  });

  it('sends to the page that is there at that moment, and to nobody without one', () => {
    const sent: unknown[] = [];
    const send = (...values: unknown[]) => sent.push(values);
    let page: WebContents | null = null;
    const notifier = notifierFor(() => page);
    const state = { step: 'cancelled' } as EnrollmentState;
    notifier.enrollment.changed(state);
    page = { send } as unknown as WebContents;
    notifier.enrollment.changed(state);
    expect(sent).toEqual([['wallet:enrollment/changed', state]]);
  });

  it('marks what would steer how a text is read, wherever a CA has put it', () => {
    const sent: unknown[] = [];
    const page = { send: (_channel: string, payload: unknown) => sent.push(payload) };
    const state = {
      authorizations: [{ identifier: { value: 'moc.elpmaxe\u202e@alex' }, types: ['a\u0000'] }],
      failure: { problem: { detail: 'No.\n\u2066Really\u200b', status: 403 } },
      retryAt: null,
    };
    notifierFor(() => page as unknown as WebContents).enrollment.changed(
      state as unknown as EnrollmentState,
    );
    expect(sent).toEqual([
      {
        authorizations: [{ identifier: { value: 'moc.elpmaxe\ufffd@alex' }, types: ['a\ufffd'] }],
        failure: { problem: { detail: 'No. \ufffdReally\ufffd', status: 403 } },
        retryAt: null,
      },
    ]);
  });
});
