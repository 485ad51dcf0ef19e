import { describe, expect, it } from 'vitest';
import type { Handlers, Notifier, WalletApi } from '../../shared/ipc-contract.ts';
import type { EnrollmentRoom } from './handlers/enrollment.ts';
import { enrollmentHandlers } from './handlers/enrollment.ts';

/** Each of these compiles only because the line above it says that it does not: `tsc` is the judge. */
export const mistakes = {
  forgottenHandler: (
    handlers: Handlers,
    enrollment: Omit<Handlers['enrollment'], 'cancel'>,
    // @ts-expect-error a handler that is missing
  ): Handlers => ({ ...handlers, enrollment }),
  undeclaredHandler: (handlers: Handlers) =>
    ({
      ...handlers.enrollment,
      // @ts-expect-error a handler that the contract does not know
      surprise: () => Promise.resolve(undefined),
    }) satisfies Handlers['enrollment'],
  wrongResponse: (handlers: Handlers): Handlers => ({
    ...handlers,
    // @ts-expect-error a response of another type
    enrollment: { ...handlers.enrollment, start: () => Promise.resolve({ enrollmentId: 3 }) },
  }),
  wrongRequest: (handlers: Handlers): Handlers => ({
    ...handlers,
    // @ts-expect-error a request read as another type
    enrollment: { ...handlers.enrollment, cancel: (request: { id: number }) => request.id },
  }),
  missingField: (wallet: WalletApi) =>
    // @ts-expect-error a field that is missing
    wallet.enrollment.start({ organizationId: 'a' }),
  wrongPayload: (notifier: Notifier) => {
    // @ts-expect-error a payload of another type
    notifier.enrollment.changed({ step: 'idle' });
  },
};

// @ts-expect-error a notification that the contract does not know
export type UnknownNotification = Notifier['credential']['changed'];
// @ts-expect-error a value taken without looking whether there is one
export type UncheckedValue = Awaited<ReturnType<WalletApi['wallet']['initial']>>['value'];

describe('the contract as types', () => {
  it('is what the compiler was asked about above', () => {
    expect(Object.keys(mistakes)).toHaveLength(6);
    const handlers: Handlers['enrollment'] = enrollmentHandlers({} as EnrollmentRoom);
    expect(Object.keys(handlers)).toContain('answer');
  });
});
