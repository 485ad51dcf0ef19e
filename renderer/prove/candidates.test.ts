import { describe, expect, it } from 'vitest';
import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { now } from '../testing/credentials.ts';
import { certificate, manyCertificates, ownCertificate } from '../testing/enrollments.ts';
import { wordsFor } from '../words.ts';
import {
  chosenCandidate,
  hindranceText,
  matchingCandidates,
  purposeText,
  validityText,
} from './candidates.ts';

const english = wordsFor('en-GB');
const absent = certificate({ candidateId: 'a'.repeat(64), hindrance: 'token-absent' });

const chosen = (
  candidates: readonly CertificateCandidate[],
  wanted: string | undefined,
  before?: CertificateCandidate,
) => chosenCandidate(candidates, { wanted, before: before?.candidateId });

describe('the certificates that can answer', () => {
  it('begin with the best whose key signs now', () => {
    expect(chosen([absent, ownCertificate], undefined)).toBe(ownCertificate);
    expect(chosen([absent], undefined)).toBeUndefined();
  });

  it('never answer with a key that went away after it was chosen', () => {
    expect(chosen([absent, ownCertificate], absent.candidateId)).toBeUndefined();
    expect(chosen([ownCertificate], 'f'.repeat(64))).toBeUndefined();
    expect(chosen([ownCertificate], absent.candidateId, ownCertificate)).toBeUndefined();
  });

  it('stay the one that was shown when a token brings a better one, and are no key that went away', () => {
    const better = certificate({ candidateId: 'b'.repeat(64), place: 'token' });
    expect(chosen([better, ownCertificate], undefined, ownCertificate)).toBe(ownCertificate);
    expect(chosen([better, ownCertificate], better.candidateId, ownCertificate)).toBe(better);
    expect(chosen([better, absent], undefined, ownCertificate)).toBe(better);
    expect(chosen([better, absent], undefined, absent)).toBe(better);
  });

  it('are found by whose they are, who issued them and where they lie', () => {
    const many = [...manyCertificates(200), ownCertificate];
    expect(matchingCandidates(many, ' ARCHIVE-017 ')).toHaveLength(1);
    expect(matchingCandidates(many, 'issuing ca 3')).toEqual([ownCertificate]);
    expect(matchingCandidates(many, '2019–2026')).toHaveLength(200);
    expect(matchingCandidates(many, '')).toHaveLength(201);
    expect(matchingCandidates(many, 'nobody')).toEqual([]);
  });
});

describe('the words about a certificate', () => {
  it('say what it is for, and leave what has no words as it is', () => {
    expect(purposeText(['clientAuth', 'emailProtection'], english)).toBe(
      'For logging in and email',
    );
    expect(purposeText(['1.3.6.1.4.1.99.7'], english)).toBe('For \u20681.3.6.1.4.1.99.7\u2069');
    for (const any of [[], ['clientAuth', 'anyExtendedKeyUsage']])
      expect(purposeText(any, english)).toBe('For any purpose');
  });

  it('say how long it counts', () => {
    expect(validityText(ownCertificate, now, english)).toBe('Valid for 2 more days');
    const over = { ...ownCertificate, notAfter: '2026-11-01T00:00:00Z' };
    expect(validityText(over, now, english)).toBe('Expired on 1 Nov 2026');
  });

  it('say why its key does not sign, and what cures it', () => {
    expect(hindranceText(ownCertificate, english)).toBeUndefined();
    expect(hindranceText(absent, english)).toMatch(/Alex’s card.+is not plugged in\. Put it in/);
    const nameless = hindranceText({ ...absent, token: '' }, english);
    expect(nameless).toMatch(/^Its token is not plugged in/);
    const locked = { ...absent, hindrance: 'pin-locked' } as const;
    expect(hindranceText(locked, english)).toContain('PUK');
  });
});
