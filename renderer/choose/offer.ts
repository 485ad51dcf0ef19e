import type { CredentialOffer, KeyPlace } from '../../shared/models/enrollment-profile.ts';
import type { InvitationSummary, Organization } from '../../shared/models/organization.ts';

/** Where the key of an offer can live, in a word; `none`: nowhere on this computer. */
export function placeFor(
  { key }: CredentialOffer,
  osKeysOffered: boolean,
): KeyPlace | 'several' | 'none' {
  const places = key.places.filter((place) => place !== 'os' || osKeysOffered);
  const [first = 'none'] = places;
  return places.length > 1 ? 'several' : first;
}

/** The key can be made at once, with nothing to plug in. */
function isAtHand({ key }: CredentialOffer, osKeysOffered: boolean): boolean {
  return key.places.includes('software') || (osKeysOffered && key.places.includes('os'));
}

/** Main looks beforehand at what the domain says about who may issue (RFC 8659). */
export function signsForDomains({ purpose, identifiers }: CredentialOffer): boolean {
  const signs = purpose === 'codeSigning' || purpose === 'documentSigning';
  return signs && identifiers.some(({ type }) => type === 'dns');
}

/** The offer is about an email address, and no invitation of the organisation said whose. */
export function needsEmail(
  offer: CredentialOffer,
  { invitedEmail }: Pick<Organization, 'invitedEmail'>,
): boolean {
  if (invitedEmail !== undefined) return false;
  const templates = [
    ...offer.identifiers.map(({ value }) => value),
    offer.subject?.commonName,
    offer.subjectAltName?.userPrincipalName,
  ];
  return templates.some((template) => template?.includes('{subject.email}') === true);
}

/** The offer to begin with: the invited one, else the first that needs no token, else the first that can be had here. */
export function firstOffer(
  offers: readonly CredentialOffer[],
  invitation: InvitationSummary | undefined,
  osKeysOffered: boolean,
): CredentialOffer | undefined {
  const possible = offers.filter((offer) => placeFor(offer, osKeysOffered) !== 'none');
  return (
    possible.find(({ id }) => id === invitation?.offerId) ??
    possible.find((offer) => isAtHand(offer, osKeysOffered)) ??
    possible[0]
  );
}

/** Catches slips, no more: whether an address exists only the mail can tell. */
export function looksLikeEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text);
}
