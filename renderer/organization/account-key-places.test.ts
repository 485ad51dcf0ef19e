import { describe, expect, it } from 'vitest';
import type { TokenView } from '../../shared/models/token.ts';
import { card, chip, chipDriver, driver, pivCard } from '../testing/tokens.ts';
import { pluggedIn } from '../tokens/plugged-in.ts';
import { accountKeyPlaces } from './account-key-places.ts';

const there = pluggedIn({ modules: [driver([card]), chipDriver] });
const onCard = { place: 'token', type: 'P-256', token: card } as const;

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

  it('is a second token of the same name, and not the same token under another name or driver', () => {
    const second = { ...card, tokenId: 't-second', serial: '77' };
    const renamed = { ...card, tokenId: 't-renamed', label: 'CN=alex' };
    const tokens = pluggedIn({ modules: [driver([card, second]), driver([renamed])] });
    expect(accountKeyPlaces(onCard, tokens, false).map(({ id }) => id)).toEqual([
      'token t-second',
      'software',
    ]);
    const chips = pluggedIn({
      modules: [driver([chip, { ...chip, tokenId: 't-other', label: 'other' }])],
    });
    const onChip = { place: 'tpm', type: 'P-256', token: chip } as const;
    expect(accountKeyPlaces(onChip, chips, false).map(({ id }) => id)).toEqual([
      'token t-other',
      'software',
    ]);
  });

  it('is no token that cannot be used or makes no keys', () => {
    const off = (changes: Partial<TokenView>) =>
      accountKeyPlaces(
        { place: 'software', type: 'P-256' },
        pluggedIn({ modules: [driver([{ ...card, ...changes }])] }),
        false,
      ).map((place) => place.in === 'token' && place.off);
    expect(off({})).toEqual([null]);
    expect(off({ findings: [{ found: 'pin-locked', status: 'fail' }] })).toEqual(['pin-locked']);
    expect(off(pivCard)).toEqual(['makes-nothing']);
  });
});
