import { describe, expect, it } from 'vitest';
import { codeSigning, signing, wifi } from '../testing/organizations.ts';
import { firstOffer, looksLikeEmail, needsEmail, placeFor, signsForDomains } from './offer.ts';

describe('an offer', () => {
  it('says in a word where its key can live on this computer', () => {
    const at = (...places: typeof wifi.key.places) => ({ ...wifi, key: { ...wifi.key, places } });
    expect(placeFor(wifi, false)).toBe('software');
    expect(placeFor(codeSigning, false)).toBe('token');
    expect(placeFor(at('token', 'software'), false)).toBe('several');
    expect(placeFor(at('os'), false)).toBe('none');
    expect(placeFor(at('os'), true)).toBe('os');
    expect(placeFor(at('os', 'software'), false)).toBe('software');
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

  it('is chosen beforehand: the invited one, else the first that needs no token, else the first possible', () => {
    const offers = [codeSigning, wifi, signing];
    const systemOnly = { ...wifi, key: { ...wifi.key, places: ['os' as const] } };
    const invited = (offerId: string) => ({ bindsAccount: true, offerId });
    expect(firstOffer(offers, invited('documents'), false)).toBe(signing);
    expect(firstOffer(offers, invited('code'), false)).toBe(codeSigning);
    expect(firstOffer(offers, undefined, false)).toBe(wifi);
    expect(firstOffer([codeSigning], undefined, false)).toBe(codeSigning);
    expect(firstOffer([codeSigning, systemOnly], undefined, true)).toBe(systemOnly);
    expect(firstOffer([systemOnly], undefined, false)).toBeUndefined();
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
