import { serviceOf } from '../account-subject.ts';
import { isAtLeast } from '../policy.ts';
import { profileNamed } from '../profiles.ts';
import type { CertificateHolder } from '../profiles.ts';
import type { State } from '../state.ts';
import type { IssuedCertificate } from '../state/certificates.ts';
import { purposes } from '../x509/extensions.ts';
import type { Path } from '../x509/path.ts';
import { readCertificate } from '../x509/read-certificate.ts';
import type { ReadCertificate } from '../x509/read-certificate.ts';
import type { Anchor } from './anchors.ts';
import type { Bearer } from './bearer.ts';
import { subjectOf } from './bearer.ts';

/** Whether a leaf, whose path to its anchor is valid, is one of the bearer's. */
export function belongsTo(
  { certificates: [leaf], anchor }: Path<Anchor>,
  bearer: Bearer,
  state: State,
): boolean {
  const owned: Readonly<Record<CertificateHolder, () => boolean>> = {
    person: () => isOfSubject(leaf, anchor, { bearer, state }),
    service: () => isOfSubject(leaf, anchor, { bearer, state }),
    device: () => anchor.maps === 'device-serial' && namesDevice(leaf, bearer),
  };
  return bearer.holders.some((holder) => isOfKind(holder, bearer) && owned[holder]());
}

/** An account is bound to a person or to a service, and a proof for one is none for the other. */
function isOfKind(holder: CertificateHolder, { person, service, identifier }: Bearer): boolean {
  switch (holder) {
    case 'person':
      return person !== undefined;
    case 'service':
      return person === undefined && service !== undefined;
    case 'device':
      return identifier.type === 'permanent-identifier';
  }
}

type Register = { readonly bearer: Bearer; readonly state: State };

function isOfSubject(leaf: ReadCertificate, anchor: Anchor, register: Register): boolean {
  const { bearer, state } = register;
  const certificates = registeredFor(bearer, state);
  const byKey = (): boolean =>
    certificates.some(({ publicKeyInfo }) => publicKeyInfo.equals(leaf.publicKeyInfo));
  switch (anchor.maps) {
    case 'certificate':
      return certificates.some((one) => isSame(one, leaf));
    case 'key':
      return byKey();
    case 'own':
      return certificates.some((one) => isSame(one, leaf)) || isIssuedTo(leaf, register);
    case 'person-email':
      return (!bearer.onToken || anchor.onToken) && namesPerson(leaf, bearer);
    case 'device-serial':
      return false;
  }
}

function isSame(one: ReadCertificate, other: ReadCertificate): boolean {
  return one.issuer.equals(other.issuer) && one.serial.equals(other.serial);
}

/** What an administrator registered for the person or service, as far as it may serve here. */
export function registeredFor(bearer: Bearer, state: State): readonly ReadCertificate[] {
  const subject = subjectOf(bearer);
  if (subject === undefined) return [];
  return state.subjectCertificates
    .of(subject)
    .filter(({ onToken }) => onToken || !bearer.onToken)
    .map(({ certificate }) => readCertificate(certificate));
}

function isIssuedTo({ serial }: ReadCertificate, { bearer, state }: Register): boolean {
  const issued = state.certificates.findBySerial(serial);
  const account = issued && state.accounts.find(issued.accountId);
  if (issued === undefined || account === undefined || bearer.onToken) return false;
  const { person, service } = bearer;
  if (person === undefined) {
    const isTheirs = service !== undefined && serviceOf(account, state) === service;
    return isTheirs && isOfService(issued, state);
  }
  return (
    state.subjectCertificates.acceptsIssued(`person:${person.id}`) &&
    account.personId === person.id &&
    isEnough(issued, { bearer, state })
  );
}

/** What asked for less is not a way around what asks for more: a code, then a certificate, then a signature for all. */
function isEnough(issued: IssuedCertificate, { bearer, state }: Register): boolean {
  const { person, profile } = bearer;
  if (person === undefined || profile === undefined) return false;
  const earlier = profileNamed(state.orders.find(issued.orderId)?.profile ?? '');
  return namesAddress(issued, person.email) && isAtLeast(earlier, profile);
}

/** A certificate of somebody's device, or for the domain of their organisation, is none of their own. */
function namesAddress({ identifiers }: IssuedCertificate, email: string): boolean {
  return identifiers.some(({ type, value }) => type === 'email' && value === email);
}

/** Whether there is anything that this CA issued and that may serve here. */
export function hasIssued(bearer: Bearer, state: State, now: Date): boolean {
  const { person, service, onToken } = bearer;
  if (onToken) return false;
  if (person === undefined) {
    return (
      service !== undefined &&
      state.certificates.ofService(service, now).some((one) => isOfService(one, state))
    );
  }
  return (
    state.subjectCertificates.acceptsIssued(`person:${person.id}`) &&
    state.certificates.ofPerson(person.id, now).some((one) => isEnough(one, { bearer, state }))
  );
}

function namesPerson({ words }: ReadCertificate, { person }: Bearer): boolean {
  return words.names.some(
    (name) => name?.type === 'email' && name.value.toLowerCase() === person?.email,
  );
}

/** Octet by octet (draft-ietf-acme-device-attest §3): by the permanent identifier, or by the maker's serial number. */
function namesDevice({ serialNumbers, words }: ReadCertificate, { identifier }: Bearer): boolean {
  const permanent = words.names.some(
    (name) => name?.type === 'permanent-identifier' && name.value === identifier.value,
  );
  return permanent || serialNumbers.includes(identifier.value);
}

/** RFC 5280 §4.2.1.3, §4.2.1.12: made to sign, and to show a server who its holder is. */
export function isForProving(
  { certificates: [leaf], anchor }: Path<Anchor>,
  state: State,
): boolean {
  const { isCa, keyUsage, purposes: found = [], policies } = leaf.words;
  if (isCa || keyUsage?.includes('digitalSignature') !== true) return false;
  if (found.includes(purposes.clientAuth)) return true;
  if (anchor.maps === 'own') {
    const issued = state.certificates.findBySerial(leaf.serial);
    return issued !== undefined && isOfService(issued, state);
  }
  return anchor.purposes.some((purpose) => found.includes(purpose) || policies.includes(purpose));
}

/**
 * What a service was issued by its own profiles renews itself, be it for those who call it alone. What it has for control over
 * some domain does not: whoever has the key of its account could get that for a domain of their own.
 */
function isOfService({ orderId }: IssuedCertificate, { orders }: State): boolean {
  return profileNamed(orders.find(orderId)?.profile ?? '')?.domainsOf === 'service';
}
