import { describe, expect, it } from 'vitest';
import { registeredKey } from '../testing/enrollments.ts';
import { problem, throttled } from '../testing/failures.ts';
import { wordsFor } from '../words.ts';
import { registeredWays, wantsAnotherProof } from './registered-ways.ts';

describe('what an organisation has registered', () => {
  it('is passkeys and then keys, the youngest of each first', () => {
    const ways = registeredWays(
      {
        passkeys: [
          { id: 'old', name: 'Security key', createdAt: '2026-01-01T00:00:00Z' },
          { id: 'new', createdAt: '2026-06-01T00:00:00Z' },
        ],
        keys: [
          registeredKey,
          { ...registeredKey, thumbprint: 'here', place: 'software', token: '' },
        ],
      },
      wordsFor('en'),
    );
    expect(ways.map(({ id }) => id)).toEqual(['new', 'old', registeredKey.thumbprint, 'here']);
    expect(ways.map(({ name }) => name)).toEqual([
      'Passkey',
      '\u2068Security key\u2069',
      'Registered key',
      'Registered key',
    ]);
    expect(ways.at(-1)?.where).toBe('On this computer');
  });

  it('grows after another proof, which a CA that is tired of tries does not ask for', () => {
    expect(wantsAnotherProof(problem('unauthorized', 'Prove yourself first.'))).toBe(true);
    expect(wantsAnotherProof(throttled)).toBe(false);
    expect(wantsAnotherProof({ code: 'cancelled' })).toBe(false);
  });
});
