import { describe, expect, it } from 'vitest';
import type { TokenView } from '../../shared/models/token.ts';
import { now } from '../testing/credentials.ts';
import {
  card,
  chip,
  chipDriver,
  driver,
  emptySlot,
  fullCard,
  pivCard,
  tokenCertificate,
  tokenKey,
} from '../testing/tokens.ts';
import { wordsFor } from '../words.ts';
import { contentsOf, daysLeft, itemName } from './contents.ts';
import { isDevice, noKeyReason, pinWays, stateOf } from './findings.ts';
import { emptyReaders, emptySlots, movement, pluggedIn, tokenName } from './plugged-in.ts';

describe('what is plugged in', () => {
  it('is listed with its reader and its driver', () => {
    const there = pluggedIn({ modules: [driver([null, card]), chipDriver] });
    expect(
      there.map(({ token, reader, driver: { name } }) => [token.tokenId, reader, name]),
    ).toEqual([
      ['t-card', 'Kestrel CCID Reader 01 00', 'OpenSC smartcard framework'],
      ['t-chip', 'Infineon SLB9672', 'TPM2.0 Cryptoki'],
    ]);
  });

  it('is no token in a slot where none was ever set up, which is told apart', () => {
    const tokens = { modules: [driver([card, emptySlot])] };
    expect(pluggedIn(tokens).map(({ token }) => token.tokenId)).toEqual(['t-card']);
    expect(emptySlots(tokens).map(({ reader }) => reader)).toEqual(['Kestrel CCID Reader 01 00']);
    const setUp = pluggedIn({ modules: [driver([card, { ...emptySlot, isInitialized: true }])] });
    expect(movement(pluggedIn(tokens), setUp).arrived).toHaveLength(1);
  });

  it('leaves readers empty only where no driver knows the card in them', () => {
    const blind = driver([null], { moduleId: 'm-2' });
    expect(emptyReaders({ modules: [driver([null]), blind] })).toEqual([
      'Kestrel CCID Reader 00 00',
    ]);
    expect(emptyReaders({ modules: [driver([card]), blind] })).toEqual([]);
  });

  it('tells what came and what went, also when one took the place of the other', () => {
    const before = pluggedIn({ modules: [driver([card])] });
    const after = pluggedIn({ modules: [driver([fullCard(2)])] });
    expect(movement(before, before)).toEqual({ arrived: [], left: [] });
    expect(movement([], before).arrived).toEqual([card]);
    expect(movement(before, after).left).toEqual([card]);
    expect(movement(before, after).arrived.map(({ tokenId }) => tokenId)).toEqual(['t-full']);
  });

  it('has a name even where nobody gave it one', () => {
    const words = wordsFor('en');
    expect(tokenName(card, words)).toBe('Alex’s card');
    expect(tokenName({ ...card, label: '' }, words)).toBe('Token without a name');
    expect(tokenName({ ...chip, label: '' }, words)).toContain('security chip');
  });
});

describe('how a token is', () => {
  const failed = { ...card, failure: { code: 'token', reason: 'hung', module: 'M' } } as const;
  const found = (...findings: TokenView['findings']): TokenView => ({ ...card, findings });
  const low = { found: 'count-low', status: 'note' } as const;
  const locked = { found: 'pin-locked', status: 'fail' } as const;

  it('is told in one word by the gravest of what main has found', () => {
    expect([card, pivCard, chip].map(stateOf)).toEqual(['good', 'good', 'good']);
    expect(stateOf(found(low))).toBe('note');
    expect(stateOf(found(locked, low))).toBe('fail');
    expect(stateOf(failed)).toBe('fail');
  });

  it('says why no key can be made there, also where nothing is wrong with it', () => {
    expect(noKeyReason(card)).toBeNull();
    expect(noKeyReason(found(low))).toBeNull();
    expect(noKeyReason(found(low, locked))).toBe('pin-locked');
    expect(noKeyReason(failed)).toBe('failure');
    expect(noKeyReason(pivCard)).toBe('makes-nothing');
    expect(noKeyReason({ ...card, isWritable: false })).toBe('read-only');
  });

  it('is a device only where that is said', () => {
    expect(isDevice(card)).toBe(true);
    expect(isDevice({ ...card, isHardware: false })).toBe(false);
    expect(isDevice({ ...chip, isHardware: false })).toBe(true);
  });

  it('comes with what can be done about the PIN', () => {
    const ways = (changes: Partial<TokenView>) => pinWays({ ...card, ...changes });
    expect(ways({})).toEqual(['change']);
    expect(ways({ pin: 'final-try' })).toEqual(['change', 'unblock']);
    expect(ways({ pin: 'locked' })).toEqual(['unblock']);
    expect(ways({ pin: 'not-set' })).toEqual(['set']);
    expect(ways({ pin: 'locked', puk: 'locked' })).toEqual([]);
    expect(ways({ login: 'none' })).toEqual([]);
  });
});

describe('what is on a token', () => {
  it('joins keys with their certificates, ours first and certificates without a key last', () => {
    const items = contentsOf({
      ...card,
      keys: [tokenKey({ keyId: '04' }), tokenKey({ keyId: '01', owner: 'account' })],
      certificates: [tokenCertificate({ keyId: '09' }), tokenCertificate({ keyId: '04' })],
    });
    expect(
      items.map(({ keyId, key, certificate }) => [keyId, key?.owner, certificate?.keyId]),
    ).toEqual([
      ['01', 'account', undefined],
      ['04', 'foreign', '04'],
      ['09', undefined, '09'],
    ]);
  });

  it('loses nothing where several have the same number', () => {
    const same = {
      keys: [tokenKey(), tokenKey()],
      certificates: [tokenCertificate(), tokenCertificate(), tokenCertificate()],
    };
    const items = contentsOf({ ...card, ...same });
    expect(items.filter(({ key }) => key !== undefined)).toHaveLength(2);
    expect(items.filter(({ certificate }) => certificate !== undefined)).toHaveLength(3);
  });

  it('is called by whom the certificate is for, else by its label', () => {
    const key = tokenKey({ label: 'SIGN key' });
    expect(itemName({ keyId: '01', key, certificate: tokenCertificate() })).toBe(
      'alex@northlight.example',
    );
    expect(itemName({ keyId: '01', key })).toBe('SIGN key');
    expect(itemName({ keyId: '01', key: tokenKey({ label: '' }) })).toBe('');
  });

  it('counts the days that are left', () => {
    const on = (notBefore: string, notAfter: string) => daysLeft({ notBefore, notAfter }, now);
    expect(on('2026-09-01T00:00:00Z', '2026-11-24T10:00:12Z')).toEqual({ is: 'valid', days: 2 });
    expect(on('2026-09-01T00:00:00Z', '2026-11-22T20:00:00Z')).toEqual({ is: 'valid', days: 0 });
    expect(on('2026-09-01T00:00:00Z', '2026-11-22T10:00:00Z')).toEqual({ is: 'over' });
    expect(on('2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z')).toEqual({ is: 'early' });
  });
});
