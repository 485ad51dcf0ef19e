import { describe, expect, it } from 'vitest';
import { now } from '../testing/credentials.ts';
import { certificate, ownCertificate } from '../testing/enrollments.ts';
import { wordsFor } from '../words.ts';
import { candidateTexts } from './candidate-text.ts';

const english = wordsFor('en-GB');
const credentials = [
  { id: 'c-wifi', name: { en: 'Wi-Fi and VPN' } },
  { id: 'c-web', name: { en: 'Internal websites' } },
];

const said = (...candidates: readonly ReturnType<typeof certificate>[]) => {
  const texts = candidateTexts(candidates, { credentials, now }, english);
  return candidates.map((candidate) => texts.get(candidate));
};
const plain = (text: string | undefined) => text?.replaceAll(/[\u2068\u2069]/g, '');

describe('certificates to choose from', () => {
  it('say no more than it takes while each reads differently', () => {
    const [card, own] = said(certificate(), ownCertificate);
    expect(card).not.toHaveProperty('apart');
    expect(own).not.toHaveProperty('apart');
  });

  it('are called by what they were issued as where they are the wallet’s own', () => {
    const other = { ...ownCertificate, candidateId: 'a'.repeat(64), credentialId: 'c-web' };
    const [wifi, web] = said(ownCertificate, other);
    expect(plain(wifi?.use)).toBe('“Wi-Fi and VPN” · For logging in · Valid for 2 more days');
    expect(plain(web?.use)).toMatch(/^“Internal websites” · /);
    expect(web).not.toHaveProperty('apart');
  });

  it('are told apart by the minute in which they end', () => {
    const later = certificate({ candidateId: 'a'.repeat(64), notAfter: '2027-09-01T08:12:36Z' });
    const [first, second] = said(certificate(), later);
    expect(first?.apart).toMatch(/^Until 1 Sept? 2027.*:11$/);
    expect(second?.apart).toMatch(/^Until 1 Sept? 2027.*:12$/);
  });

  it('are told apart by their fingerprints where they end in the same minute', () => {
    const twin = certificate({ candidateId: `${'0'.repeat(56)}12ab34cd` });
    const [first, second] = said(certificate(), twin);
    expect(plain(first?.apart)).toMatch(/ · Fingerprint ends in 0d5e 81f7$/);
    expect(plain(second?.apart)).toMatch(/ · Fingerprint ends in 12ab 34cd$/);
  });
});
