import { describe, expect, it } from 'vitest';
import type { Person } from '../people-types.ts';
import { openState } from '../state.ts';
import { createOtp } from './otp-01.ts';
import { createThrottle } from './throttle.ts';

const person: Person = {
  ...{ id: 'p', name: 'Alex', email: 'alex@example.test', role: 'employee' },
  registered: new Date(0),
};

describe('a password that a RADIUS server took', () => {
  it('is kept for as long as it is refused, and forgotten with the next', async () => {
    const state = openState(undefined);
    let minutes = 0;
    const clock = (): Date => new Date(minutes * 60_000);
    state.persons.add(person);
    state.otpCredentials.put({ personId: 'p', kind: 'radius', userName: 'alex' });
    const account = state.accounts.add({
      ...{ id: 'a', jwk: {}, thumbprint: 't', contact: [], termsAgreedAt: undefined },
      ...{ termsVersion: '1', binding: undefined, kid: undefined, personId: 'p' },
      createdAt: clock(),
    });
    const accepting = {
      ask: () =>
        Promise.resolve({ outcome: 'accept', state: undefined, message: undefined } as const),
    };
    const throttle = createThrottle({ state, clock });
    const type = createOtp({ state, clock, throttle, radius: accepting });
    const respond = async (id: string, otp: string): Promise<string> => {
      const identifier = { type: 'email', value: person.email };
      const { challenges } = state.authorizations.add({
        ...{ id, accountId: 'a', identifier, wildcard: false, subdomains: false },
        ...{ preauthorized: false, grantedAt: undefined, profile: 'contractor' },
        ...{ createdAt: clock(), expiresAt: new Date(3_600_000) },
        challenges: [{ id, type: 'otp-01', token: id }],
      });
      const [challenge] = challenges;
      if (challenge === undefined) throw new Error('there is no challenge');
      const verdict = type.answer({
        ...{ challenge, challengeUrl: id, identifier, profile: 'contractor', account, person },
        ...{ keyAuthorization: `${id}.t`, payload: { otp } },
      });
      if (verdict.outcome !== 'deliberating') return verdict.outcome;
      return (await verdict.verdict(new AbortController().signal)).outcome;
    };
    const isKept = (otp: string): boolean => state.spentTexts.isSpent('otp:p', otp, new Date(-1));
    expect(await respond('1', 'lasting')).toBe('valid');
    minutes = 9;
    expect(await respond('2', 'lasting')).toBe('wrong');
    minutes = 11;
    expect(await respond('3', 'another')).toBe('valid');
    expect(['lasting', 'another'].map(isKept)).toEqual([false, true]);
    state.close();
  });
});
