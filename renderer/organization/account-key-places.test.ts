import { describe, expect, it } from 'vitest';
import { card, chipDriver, driver } from '../testing/tokens.ts';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { accountKeyPlaces } from './account-key-places.ts';

const there = pluggedIn({ modules: [driver([card]), chipDriver] });
const onCard = { place: 'token', type: 'P-256', token: card.label } as const;

describe('where the key of an account can go', () => {
  it('is every token, but not where it is already', () => {
    const ids = (...given: Parameters<typeof accountKeyPlaces>) =>
      accountKeyPlaces(...given).map(({ id }) => id);
    expect(ids({ place: 'software', type: 'P-256' }, there, false)).toEqual([
      'token t-card',
      'token t-chip',
    ]);
    expect(ids(onCard, there, false)).toEqual(['token t-chip', 'software']);
    expect(ids({ place: 'os', type: 'P-256' }, [], true)).toEqual(['software']);
    expect(ids({ place: 'software', type: 'P-256' }, [], true)).toEqual(['os']);
  });

  it('is no token that cannot be used or makes no keys', () => {
    const off = (changes: Partial<typeof card>) =>
      accountKeyPlaces(
        { place: 'software', type: 'P-256' },
        pluggedIn({ modules: [driver([{ ...card, ...changes }])] }),
        false,
      ).map((place) => place.in === 'token' && place.off);
    expect(off({})).toEqual([false]);
    expect(off({ pin: 'locked' })).toEqual([true]);
    expect(off({ makes: [] })).toEqual([true]);
  });
});
