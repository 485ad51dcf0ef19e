import { describe, expect, it } from 'vitest';
import { longNamed } from '../testing/organizations.ts';
import { pinQuestion } from '../testing/tokens.ts';
import { addresseeOf, isMeantForAnother, pauseBefore, typingPause } from './typing-pause.ts';

const first = pinQuestion();
const { token } = first;
const holds = (one: ReturnType<typeof pinQuestion> | null, next: typeof one): boolean =>
  isMeantForAnother(addresseeOf(one), addresseeOf(next));

describe('what is typed while one question for a PIN takes the place of another', () => {
  it.each([
    ['another token', { token: { ...token, serial: 'another' } }],
    ['the same name in another reader', { token: { ...token, reader: 'another' } }],
    ['another driver', { moduleName: 'another' }],
    ['another purpose', { reason: 'revoke' as const }],
    ['another organisation', { organizationName: longNamed.name }],
  ])('is not for %s', (_name, changes) => {
    const next = pinQuestion({ questionId: 'q-2', ...changes });
    expect(holds(first, next)).toBe(true);
    expect(pauseBefore(addresseeOf(first), addresseeOf(next))).toBe(typingPause);
  });

  it('goes on after a wrong PIN of the same token, for the same', () => {
    const failure = { code: 'token', reason: 'pin-incorrect', module: 'm' } as const;
    const again = pinQuestion({ questionId: 'q-2', pin: 'count-low', failure });
    expect(holds(first, again)).toBe(false);
  });

  it('is for the only question at once, and still for one that has just gone', () => {
    expect(holds(null, first)).toBe(false);
    expect(pauseBefore(null, addresseeOf(first))).toBe(0);
    expect(holds(first, null)).toBe(false);
    expect(pauseBefore(addresseeOf(first), null)).toBe(typingPause);
  });
});
