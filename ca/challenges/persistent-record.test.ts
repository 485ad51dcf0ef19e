import { describe, expect, it } from 'vitest';
import { persistentRefusal } from './persistent-record.ts';
import type { PersistentProof } from './persistent-record.ts';

const account = 'https://ca.example/account/1';
const proof: PersistentProof = {
  issuerDomainNames: ['ca.example', 'authority.example'],
  accountUrl: account,
  below: false,
  now: new Date('2026-11-22T12:00:00Z'),
};
const seconds = proof.now.getTime() / 1000;

const codeFor = (texts: readonly string[], change: Partial<PersistentProof> = {}) =>
  persistentRefusal(texts, { ...proof, ...change })?.code;

describe('a record for dns-persist-01', () => {
  it.each([
    `ca.example; accounturi=${account}`,
    `AUTHORITY.example.;accounturi=${account}`,
    `ca.example; accounturi=${account}; policy=wildcard`,
    `ca.example; accounturi=${account}; policy=somewhere`,
    `ca.example; AccountUri=${account}; persistUntil=${seconds}`,
    `ca.example; accounturi=${account}; unheard-of=x`,
  ])('proves control of a name: %s', (text) => {
    expect(codeFor([text])).toBeUndefined();
  });

  it.each([
    `ca.example; accounturi=${account};`,
    `ca.example; accounturi=${account}; accounturi=${account}`,
    `ca.example; accounturi=${account}; a=1; A=2`,
    'ca.example',
    'ca.example; policy=wildcard',
    `ca.example; accounturi=${account}; persistUntil=soon`,
    `ca.example; accounturi=${account}; persistUntil=-1`,
    `ca.example; accounturi=${account}; persistUntil=1e12`,
    `ca.example; accounturi=${account} policy`,
  ])('is malformed: %s', (text) => {
    expect(codeFor([text])).toBe('malformed');
  });

  it.each([
    `stranger.example; accounturi=${account}`,
    `ca.example; accounturi=${account}0`,
    `ca.example; accounturi=${account}; persistUntil=${seconds - 1}`,
    `; accounturi=${account}`,
  ])('is not for us: %s', (text) => {
    expect(codeFor([text])).toBe('unauthorized');
  });

  it('covers the names below only when its policy says wildcard, in any spelling', () => {
    const below = { below: true };
    const own = `ca.example; accounturi=${account}`;
    expect(codeFor([own], below)).toBe('unauthorized');
    expect(codeFor([`${own}; policy=wild`], below)).toBe('unauthorized');
    expect(codeFor([`${own}; Policy=WildCard`], below)).toBeUndefined();
  });

  it('may stand beside others, good and bad, ours and not', () => {
    const good = `ca.example; accounturi=${account}`;
    expect(codeFor(['nonsense;;', 'ca.example; what', good])).toBeUndefined();
    expect(codeFor(['stranger.example; broken;;', `ca.example; accounturi=x`])).toBe(
      'unauthorized',
    );
    expect(codeFor([])).toBe('unauthorized');
  });
});
