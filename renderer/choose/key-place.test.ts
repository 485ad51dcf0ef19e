import { describe, expect, it } from 'vitest';
import type { KeyPlace } from '../../shared/models/enrollment-profile.ts';
import type { TokenCompatibility } from '../../shared/models/token.ts';
import { wifi } from '../testing/organizations.ts';
import {
  card,
  chip,
  chipDriver,
  compatibility,
  driver,
  emptySlot,
  tokenKey,
  tokenCertificate,
} from '../testing/tokens.ts';
import { pluggedIn } from '../tokens/plugged-in.ts';
import {
  chosenPlace,
  existingIdOf,
  keyPlaceOf,
  placeOptions,
  typesAt,
  usesTokens,
  type Here,
} from './key-place.ts';

const offering = (...places: KeyPlace[]) => ({ ...wifi, key: { ...wifi.key, places } });
const nothing: Here = { osKeysOffered: false, looked: true, tokens: [], reports: [] };
const withCard = (report: TokenCompatibility = compatibility()): Here => ({
  ...nothing,
  tokens: pluggedIn({ modules: [driver([card])] }),
  reports: [report],
});
const unfit = compatibility({ verdict: 'does-not-fit', types: [] });
const ids = (here: Here, ...places: KeyPlace[]) =>
  placeOptions(offering(...places), here).map(({ id }) => id);
const chosen = (here: Here, wanted: string | undefined, ...places: KeyPlace[]) =>
  chosenPlace(placeOptions(offering(...places), here), { wanted, before: undefined }, here);
const told = (here: Here, wanted: string | undefined, ...places: KeyPlace[]) =>
  keyPlaceOf(chosen(here, wanted, ...places), undefined);

describe('the places for a key', () => {
  it('are those of the organisation, in its order, as far as they are there', () => {
    const both: Here = { ...nothing, tokens: pluggedIn({ modules: [chipDriver, driver([card])] }) };
    expect(ids(both, 'token', 'tpm', 'software')).toEqual([
      'token t-card',
      'token t-chip',
      'software',
    ]);
    expect(ids(both, 'software')).toEqual(['software']);
    expect(ids(nothing, 'os', 'software')).toEqual(['software']);
    expect(ids({ ...nothing, osKeysOffered: true }, 'os')).toEqual(['os']);
  });

  it('leave room for a token that can be plugged in, but not for a chip that is not built in', () => {
    expect(ids(nothing, 'token', 'tpm', 'software')).toEqual(['await token', 'software']);
    expect(ids({ ...nothing, looked: false }, 'tpm', 'software')).toEqual([
      'await tpm',
      'software',
    ]);
    expect(ids(nothing, 'tpm')).toEqual(['await tpm']);
  });

  it('are no slots where no token was ever set up: the person is still asked to plug one in', () => {
    const slotOnly = {
      ...nothing,
      tokens: pluggedIn({ modules: [driver([emptySlot])] }),
      reports: [compatibility({ tokenId: emptySlot.tokenId, verdict: 'does-not-fit' })],
    };
    expect(ids(slotOnly, 'token', 'software')).toEqual(['await token', 'software']);
    const beside = {
      ...withCard(),
      tokens: pluggedIn({ modules: [driver([emptySlot, card])] }),
    };
    expect(ids(beside, 'token')).toEqual(['token t-card']);
  });

  it('make nobody look for tokens in vain', () => {
    expect(usesTokens(offering('software', 'os'))).toBe(false);
    expect(usesTokens(offering('software', 'tpm'))).toBe(true);
  });
});

describe('the place that is chosen', () => {
  it('is the organisation’s first that is there, and not a token that does not fit', () => {
    expect(told(withCard(), undefined, 'token', 'software')).toEqual({
      in: 'token',
      tokenId: 't-card',
    });
    expect(told(withCard(unfit), undefined, 'token', 'software')).toEqual({ in: 'software' });
    expect(told(nothing, undefined, 'token', 'software')).toEqual({ in: 'software' });
    expect(told(withCard(), undefined, 'software', 'token')).toEqual({ in: 'software' });
  });

  it('waits for the organisation’s first while nobody has looked yet', () => {
    const early: Here = { ...nothing, looked: false, reports: undefined };
    expect(told(early, undefined, 'token', 'software')).toBeUndefined();
    expect(told(early, undefined, 'software', 'token')).toEqual({ in: 'software' });
    expect(told(early, 'software', 'token', 'software')).toEqual({ in: 'software' });
  });

  it('stays the token that it was when others are found, and is none that went or does not fit', () => {
    const other = { ...card, tokenId: 't-other' };
    const after = (report?: TokenCompatibility, wanted?: string, before = 't-other') => {
      const tokens = pluggedIn({ modules: [chipDriver, driver([card, other])] });
      const others = [compatibility(), compatibility({ tokenId: 't-chip' })];
      const reports = report === undefined ? others : [...others, report];
      const here = { ...nothing, tokens, reports };
      const options = placeOptions(offering('token', 'tpm'), here);
      return chosenPlace(options, { wanted, before: `token ${before}` }, here)?.id;
    };
    const fit = compatibility({ tokenId: 't-other' });
    expect(after(fit)).toBe('token t-other');
    expect(after()).toBe('token t-other');
    expect(after(fit, 'await token')).toBe('token t-other');
    expect(after(fit, 'token t-card')).toBe('token t-card');
    expect(after({ ...unfit, tokenId: 't-other' })).toBe('token t-card');
    expect(after(fit, undefined, 't-gone')).toBe('token t-card');
    // The organisation prefers tokens, and says so.
    expect(after(fit, undefined, 't-chip')).toBe('token t-card');
  });

  it('becomes the token that is plugged in by whoever said “on a token”', () => {
    expect(told(nothing, 'await token', 'software', 'token')).toBeUndefined();
    expect(told(withCard(), 'await token', 'software', 'token')).toEqual({
      in: 'token',
      tokenId: 't-card',
    });
    const chipOnly = { ...nothing, tokens: pluggedIn({ modules: [chipDriver] }) };
    expect(chosen(chipOnly, 'await token', 'token', 'tpm')?.in).toBe('await');
  });

  it('is not another token when the one that was chosen is taken out', () => {
    const other: Here = {
      ...nothing,
      tokens: pluggedIn({ modules: [driver([{ ...chip, kind: 'token' }])] }),
      reports: [compatibility({ tokenId: chip.tokenId })],
    };
    expect(told(other, 'token t-card', 'token', 'software')).toBeUndefined();
    expect(chosen(nothing, 'token t-card', 'token', 'software')?.id).toBe('await token');
  });

  it('is told to nobody while it does not fit, though it can be looked at', () => {
    expect(chosen(withCard(unfit), 'token t-card', 'token', 'software')?.id).toBe('token t-card');
    expect(told(withCard(unfit), 'token t-card', 'token', 'software')).toBeUndefined();
    expect(told(withCard(unfit), undefined, 'token')).toBeUndefined();
  });
});

describe('the key at a place', () => {
  const existing = compatibility({
    verdict: 'fits-with-existing-key',
    types: [],
    existingKeys: [tokenKey({ keyId: '0a' }), tokenKey({ keyId: '0b' })],
  });

  it('is one that is there where none can be made', () => {
    const option = chosen(withCard(existing), undefined, 'token');
    expect(keyPlaceOf(option, undefined)).toEqual({ in: 'token', tokenId: 't-card', keyId: '0a' });
    expect(keyPlaceOf(option, existingIdOf(option, '0b'))).toMatchObject({ keyId: '0b' });
    expect(keyPlaceOf(option, 'gone')).toMatchObject({ keyId: '0a' });
    expect(typesAt(offering('token'), option, [])).toEqual([]);
  });

  it('costs a certificate only when the person chose it with that very certificate beside it', () => {
    const inUse = tokenCertificate({ keyId: '0a', fingerprint: 'ab'.repeat(32) });
    const withOne = chosen(withCard({ ...existing, replaced: [inUse] }), undefined, 'token');
    expect(keyPlaceOf(withOne, undefined)).toEqual({
      ...{ in: 'token', tokenId: 't-card', keyId: '0b' },
    });
    const choice = existingIdOf(withOne, '0a');
    const replaces = inUse.fingerprint;
    expect(keyPlaceOf(withOne, choice)).toMatchObject({ keyId: '0a', replaces });

    const only = { ...existing, existingKeys: [tokenKey({ keyId: '0a' })], replaced: [inUse] };
    expect(keyPlaceOf(chosen(withCard(only), undefined, 'token'), undefined)).toBeUndefined();
    const other = tokenCertificate({ keyId: '0a', fingerprint: 'cd'.repeat(32) });
    const exchanged = chosen(withCard({ ...only, replaced: [other] }), undefined, 'token');
    expect(keyPlaceOf(exchanged, choice)).toBeUndefined();
  });

  it('is of a kind that can be made there', () => {
    const here = withCard(compatibility({ types: ['P-384'] }));
    expect(typesAt(wifi, chosen(here, undefined, 'token'), [])).toEqual(['P-384']);
    expect(typesAt(wifi, chosen(here, undefined, 'software'), [])).toEqual(wifi.key.types);
    expect(typesAt(wifi, chosen(nothing, undefined, 'token'), [])).toEqual([]);
  });
});
