import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { CredentialOffer, KeyType } from '../../shared/models/enrollment-profile.ts';
import { targetsOf, typesInOrder } from '../../shared/models/key-types.ts';
import { displayable } from '../../shared/models/text.ts';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import type { OrganizationRecord } from '../wallet/organization-store.ts';
import { withConsent } from './certificate-consent.ts';
import { chooseKey, type KeyPlaces } from './choose-key.ts';
import { useOf } from './credential-use.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { fill, type TemplateValues } from './templates.ts';

export interface StartRequest {
  readonly organizationId: string;
  readonly offerId: string;
  /** Whom the credential is for; the invited address when not said. */
  readonly email?: string;
  /** When not said, the offer's first that can be made in the key's place, and used wherever it is put if there is one. */
  readonly keyType?: KeyType | undefined;
  /** The offer's first that is there when not said. */
  readonly keyPlace?: KeyPlaceChoice | undefined;
  /** The id of a credential of that offer that the new one takes the place of. */
  readonly renews?: string;
  /** Why it is asked for, for those who have to approve it. */
  readonly reason?: string;
  /** For use in one go: nothing is installed and nobody is asked to approve unless there is a reason, and it is thrown away after that. */
  readonly once?: true;
}

export interface Surroundings {
  /** What this computer is called. */
  readonly deviceName: string;
  /** Targets that can be installed to without asking anybody. */
  readonly targets: readonly InstallTargetId[];
  /** Where keys can be. */
  readonly places: KeyPlaces;
  /** What is renewed. */
  readonly renewed?: CredentialRecord | undefined;
}

/** Decides everything about an enrolment that can be decided before the CA is asked. */
export function planEnrollment(
  organization: OrganizationRecord,
  request: StartRequest,
  surroundings: Surroundings,
): EnrollmentPlan {
  const offer = offerOf(organization, request.offerId);
  const values = valuesFor(organization, request, surroundings);
  const { renewed } = surroundings;
  const identifiers = renewed?.identifiers ?? identifiersOf(offer, values);
  const commonName = fill(offer.subject?.commonName ?? '', values);
  const userPrincipalName = fill(offer.subjectAltName?.userPrincipalName ?? '', values);
  const types = typesInOrder(offer, surroundings.targets);
  const chosen = chooseKey({ ...offer.key, types }, request, surroundings.places);
  const key = withConsent(chosen, request.keyPlace, surroundings.places);
  return {
    organizationId: organization.id,
    offerId: offer.id,
    name: offer.name,
    purpose: offer.purpose,
    ...(offer.usages === undefined ? {} : { usages: offer.usages }),
    directoryUrl: organization.profile.directory,
    subject: identifiers[0]?.value ?? refuse('there is nothing to identify'),
    ...(commonName ? { commonName } : {}),
    ...(userPrincipalName ? { userPrincipalName } : {}),
    identifiers,
    ...(offer.profile === undefined ? {} : { profile: offer.profile }),
    key,
    targets: request.once === true ? [] : plannedTargets(offer, key, surroundings),
    ...approvalOf(offer, request),
    ...(request.once === true && { once: true as const }),
    ...useOf(offer),
    ...(offer.renewal === undefined ? {} : { renewalFraction: offer.renewal.atLifetimeFraction }),
    ...(renewed && { renews: predecessor(renewed) }),
  };
}

/** First of all beside the key: it takes the login that is still held. */
const plannedTargets = (
  offer: CredentialOffer,
  { token }: EnrollmentPlan['key'],
  { targets }: Surroundings,
): EnrollmentPlan['targets'] => [
  ...(token === undefined ? [] : (['token'] as const)),
  ...targetsOf(offer, targets),
];

const longestReason = 400;

/** Others read the words as they are, or would not be shown them: nothing in them may steer how they are read. */
function approvalOf(
  { approval }: CredentialOffer,
  { reason, once }: StartRequest,
): Pick<EnrollmentPlan, 'approval'> {
  const words = (reason ?? '').trim();
  const isNeeded = once === true ? reason !== undefined : approval !== undefined;
  if (!isNeeded && words === '') return {};
  if (displayable(words) !== words || words.length > longestReason) {
    refuse('the reason cannot be shown to others');
  }
  return { approval: { reason: words } };
}

const identifiersOf = (
  { identifiers }: CredentialOffer,
  values: TemplateValues,
): EnrollmentPlan['identifiers'] =>
  identifiers.map(({ type, value }) => {
    return { type, value: fill(value, values) ?? refuse('an identifier lacks a value') };
  });

function predecessor({ id, chain }: CredentialRecord): NonNullable<EnrollmentPlan['renews']> {
  const named = certificateIdentifier(chain);
  return { credentialId: id, ...(named !== undefined && { certificateIdentifier: named }) };
}

export function offerOf({ profile }: OrganizationRecord, offerId: string): CredentialOffer {
  const offer = profile.credentials.find(({ id }) => id === offerId);
  if (offer === undefined) throw new EnrollmentError({ code: 'not-found' }, 'finding the offer');
  return offer;
}

function valuesFor(
  organization: OrganizationRecord,
  request: StartRequest,
  { deviceName, renewed }: Surroundings,
): TemplateValues {
  const before = renewed?.subject.includes('@') === true ? renewed.subject : undefined;
  const email = request.email ?? before ?? organization.invitedEmail;
  return {
    '{device.name}': deviceName,
    // RFC 5321 §2.3.11 leaves the case of the local part to the mail host; CAs compare in lower case.
    ...(email === undefined ? {} : { '{subject.email}': email.trim().toLowerCase() }),
  };
}

function refuse(why: string): never {
  throw new EnrollmentError({ code: 'invalid-request' }, why);
}
