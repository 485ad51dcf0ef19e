import { describe, expect, it } from 'vitest';
import type { CredentialSummary, InstallResult, Proof } from '../../shared/models/credential.ts';
import { brokenAt, inBrowsers, wifiCredential } from '../testing/credentials.ts';
import { hasOlderAt, lastTried, outcomeOf, troubleFirst, verdictOf } from './outcome.ts';

const browsers: InstallResult = { target: 'nss', status: 'installed', installation: inBrowsers };
const elsewhere: InstallResult = {
  target: 'nss',
  status: 'failed',
  failure: { code: 'install', target: 'nss', reason: 'store-not-writable' },
};
const untried: Proof = { status: 'not-tried', method: 'eap-tls', reason: 'tool-missing' };

describe('how putting a credential in place went', () => {
  it('is good when every place has it and no test failed', () => {
    expect(outcomeOf('done', [browsers])).toBe('good');
    expect(outcomeOf('done', [])).toBe('good');
    expect(outcomeOf('installing', [browsers, elsewhere])).toBe('working');
  });

  it('is a success with a note when one place failed', () => {
    expect(outcomeOf('done', [browsers, elsewhere])).toBe('noted');
    expect(outcomeOf('done', [elsewhere])).toBe('nowhere');
  });

  it('is a success with a note when it is in place but a test failed', () => {
    const installation = { ...inBrowsers, proofs: [...inBrowsers.proofs, brokenAt('revoked')] };
    const noted: InstallResult = { target: 'firefox', status: 'installed', installation };
    expect(outcomeOf('done', [noted])).toBe('noted');
    expect(troubleFirst([browsers, noted, elsewhere])).toEqual([noted, elsewhere, browsers]);
  });
});

describe('the verdict on a place', () => {
  it('is that of the proof that failed, whatever worked before it', () => {
    expect(verdictOf([...inBrowsers.proofs, brokenAt('wrong-ca')])).toBe('fails');
  });

  it('is not spoilt by what could not be tried', () => {
    expect(verdictOf([...inBrowsers.proofs, untried])).toBe('works');
    expect(verdictOf([untried])).toBe('untried');
    expect(verdictOf([])).toBe('untried');
  });

  it('was made when the youngest proof was, in whatever order they came', () => {
    expect(lastTried(inBrowsers.proofs.toReversed())).toBe('2026-11-20T17:03:00Z');
    expect(lastTried([untried])).toBeUndefined();
  });
});

describe('an older credential in the same place', () => {
  const older: CredentialSummary = { ...wifiCredential, id: 'c-old' };
  const newer: CredentialSummary = {
    ...wifiCredential,
    id: 'c-new',
    issuedAt: '2026-11-22T09:00:00Z',
    installations: [],
  };
  const olderAt = (other: CredentialSummary): boolean =>
    hasOlderAt('nss', newer.id, [other, newer]);

  it('is one of the same offer and person that is in use there', () => {
    expect(olderAt(older)).toBe(true);
    expect(hasOlderAt('nss', older.id, [older, newer])).toBe(false);
  });

  it.each([
    ['of another person', { subject: 'kim@northlight.example' }],
    ['of another offer', { offerId: 'documents' }],
    ['of another organisation', { organizationId: 'elsewhere' }],
    ['that is not valid any more', { status: 'expired' }],
    ['that is in no such place', { installations: [] }],
  ] as const)('is none %s', (_, change) => {
    expect(olderAt({ ...older, ...change })).toBe(false);
  });
});
