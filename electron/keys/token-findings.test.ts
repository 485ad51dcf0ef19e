import { describe, expect, it } from 'vitest';
import {
  pinStates,
  type ModuleView,
  type TokenKeyView,
  type TokenView,
} from '../../shared/models/token.ts';
import { findingsOf, pinFaults, pinStatusOf, withFindings } from './token-findings.ts';

const token: TokenView = {
  ...{ label: 'work', manufacturer: 'Maker', model: 'Card', serial: '1', tokenId: 'id' },
  ...{ kind: 'token', isHardware: true, isInitialized: true, isWritable: true },
  ...{ login: 'pin', pin: 'ok', puk: 'ok', pinLength: { min: 4, max: 8 } },
  ...{ makes: ['P-256'], signs: ['P-256'], keys: [], certificates: [], unread: 0, findings: [] },
};
const key: TokenKeyView = {
  ...{ keyId: '01', label: 'SIGN key', type: 'P-256', algorithm: 'P-256' },
  ...{ alwaysAuthenticate: false, owner: 'foreign' },
};
const found = (changes: Partial<TokenView>): readonly string[] =>
  findingsOf({ ...token, ...changes }).map(({ found: id, status }) => `${status} ${id}`);

describe('why a token cannot be used', () => {
  it('is nothing for one in good order', () => {
    expect(found({})).toEqual([]);
  });

  it('is its PIN in each of its states, and the locked PUK beside it', () => {
    expect(pinStates.map((pin) => found({ pin }))).toEqual([
      [],
      ['fail pin-not-set'],
      ['fail pin-to-be-changed'],
      ['note count-low'],
      ['note final-try'],
      ['fail pin-locked'],
    ]);
    expect(found({ pin: 'locked', puk: 'locked' })).toEqual(['fail both-locked']);
    expect(found({ pin: 'not-set', puk: 'locked' })).toEqual([
      'fail pin-not-set',
      'note puk-locked',
    ]);
    expect(found({ puk: 'locked' })).toEqual(['note puk-locked']);
  });

  it('is no PIN where none is needed', () => {
    for (const pin of pinStates) expect(found({ login: 'none', pin, puk: 'locked' })).toEqual([]);
  });

  it('is that it was never set up, and then nothing else', () => {
    expect(found({ isInitialized: false, pin: 'not-set', puk: 'locked', makes: [] })).toEqual([
      'fail not-initialized',
    ]);
  });

  it('is what it is not able to do, the gravest first', () => {
    expect(found({ makes: [], signs: [] })).toEqual(['fail unsuitable']);
    expect(found({ makes: [] })).toEqual(['note makes-nothing']);
    expect(found({ isWritable: false, pin: 'locked' })).toEqual([
      'fail pin-locked',
      'note read-only',
    ]);
    expect(found({ makes: [], pin: 'final-try' })).toEqual([
      'note final-try',
      'note makes-nothing',
    ]);
  });

  it('is nothing for a card that makes no keys and has one that can be used', () => {
    const piv = { makes: [], isWritable: false };
    expect(found({ ...piv, keys: [key] })).toEqual([]);
    expect(found({ ...piv, keys: [{ ...key, type: 'P-384' }] })).toEqual(['note makes-nothing']);
    expect(found({ ...piv, keys: [{ ...key, type: null }] })).toEqual(['note makes-nothing']);
  });
});

describe('the state of a PIN', () => {
  it('keeps a token from being used exactly where unlocking it is not tried', () => {
    for (const pin of pinStates) {
      expect(pinStatusOf({ login: 'pin', pin }) === 'fail').toBe(pinFaults[pin] !== undefined);
      expect(pinStatusOf({ login: 'none', pin })).toBe('pass');
    }
  });
});

it('every token of every module is told what was found about it, and readers without one stay', () => {
  const empty = { readerId: 'e', name: 'Empty', token: null };
  const module: ModuleView = {
    ...{ moduleId: 'm', path: '/lib/card.so', name: 'Card', foundBy: 'p11-kit', status: 'ready' },
    readers: [empty, { readerId: 'r', name: 'Reader', token: { ...token, pin: 'locked' } }],
  };
  const [told] = withFindings([module]);
  expect(told?.readers[0]).toEqual(empty);
  expect(told?.readers[1]?.token?.findings).toEqual([{ found: 'pin-locked', status: 'fail' }]);
});
