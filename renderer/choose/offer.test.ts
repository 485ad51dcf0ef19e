import { describe, expect, it } from 'vitest';
import { codeSigning, signing, wifi } from '../testing/organizations.ts';
import { firstOffer, looksLikeEmail, needsEmail, placeFor, signsForDomains } from './offer.ts';

describe('an offer', () => {
  it('can be had only where this version can make its key', () => {
    expect(placeFor(wifi)).toBe('software');
    expect(placeFor(codeSigning)).toBeNull();
    expect(
      placeFor({ ...codeSigning, key: { ...codeSigning.key, places: ['token', 'software'] } }),
    ).toBe('software');
  });

  it('signs for a domain by its purpose and what it names', () => {
    expect(signsForDomains(codeSigning)).toBe(true);
    expect(signsForDomains({ ...codeSigning, purpose: 'documentSigning' })).toBe(true);
    expect(signsForDomains({ ...codeSigning, purpose: 'service' })).toBe(false);
    expect(signsForDomains(signing)).toBe(false);
  });

  it('asks for an address only when it needs one and no invitation brought one', () => {
    expect(needsEmail(wifi, {})).toBe(true);
    expect(needsEmail(wifi, { invitedEmail: 'alex@example.test' })).toBe(false);
    expect(needsEmail(codeSigning, {})).toBe(false);
    const service = { ...codeSigning, subject: { commonName: 'bot for {subject.email}' } };
    expect(needsEmail(service, {})).toBe(true);
  });

  it('is chosen beforehand: the invited one, else the first possible', () => {
    const offers = [codeSigning, wifi, signing];
    expect(firstOffer(offers, { bindsAccount: true, offerId: 'documents' })).toBe(signing);
    expect(firstOffer(offers, { bindsAccount: true, offerId: 'code' })).toBe(wifi);
    expect(firstOffer(offers, undefined)).toBe(wifi);
    expect(firstOffer([codeSigning], undefined)).toBeUndefined();
  });
});

describe('an email address', () => {
  it.each(['alex@example.test', 'a.b+c@mail.example.co', 'jörg@bücher.example'])('is %s', (text) =>
    expect(looksLikeEmail(text)).toBe(true),
  );

  it.each([
    '',
    'alex',
    'alex@',
    '@example.test',
    'alex@example',
    'a b@c.de',
    'a@b..c',
    'a@b.c@d.e',
  ])('is not “%s”', (text) => expect(looksLikeEmail(text)).toBe(false));
});
