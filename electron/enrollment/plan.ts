import {
  installTargets,
  targetsServing,
  type InstallTargetId,
} from '../../shared/models/credential.ts';
import type { CredentialOffer, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import type { OrganizationRecord } from '../wallet/organization-store.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { fill, type TemplateValues } from './templates.ts';

export interface StartRequest {
  readonly organizationId: string;
  readonly offerId: string;
  /** Whom the credential is for; the invited address when not said. */
  readonly email?: string;
  /** The offer's first when not said. */
  readonly keyType?: KeyType;
}

export interface Surroundings {
  /** What this computer is called. */
  readonly deviceName: string;
  /** Targets that can be installed to without asking anybody. */
  readonly targets: readonly InstallTargetId[];
}

/** Decides everything about an enrolment that can be decided before the CA is asked. */
export function planEnrollment(
  organization: OrganizationRecord,
  request: StartRequest,
  surroundings: Surroundings,
): EnrollmentPlan {
  const offer = organization.profile.credentials.find(({ id }) => id === request.offerId);
  if (offer === undefined) throw new EnrollmentError({ code: 'not-found' }, 'finding the offer');
  const values = valuesFor(organization, request, surroundings);
  const identifiers = offer.identifiers.map(({ type, value }) => {
    return { type, value: fill(value, values) ?? refuse('an identifier lacks a value') };
  });
  const commonName = fill(offer.subject?.commonName ?? '', values);
  const userPrincipalName = fill(offer.subjectAltName?.userPrincipalName ?? '', values);
  return {
    organizationId: organization.id,
    offerId: offer.id,
    name: offer.name,
    purpose: offer.purpose,
    directoryUrl: organization.profile.directory,
    subject: identifiers[0]?.value ?? refuse('there is nothing to identify'),
    ...(commonName ? { commonName } : {}),
    ...(userPrincipalName ? { userPrincipalName } : {}),
    identifiers,
    ...(offer.profile === undefined ? {} : { profile: offer.profile }),
    key: chooseKey(offer, request.keyType),
    targets: chooseTargets(offer, surroundings.targets),
    ...(offer.probe === undefined ? {} : { probeUrl: offer.probe.url }),
    ...(offer.renewal === undefined ? {} : { renewalFraction: offer.renewal.atLifetimeFraction }),
  };
}

function valuesFor(
  organization: OrganizationRecord,
  request: StartRequest,
  { deviceName }: Surroundings,
): TemplateValues {
  const email = request.email ?? organization.invitedEmail;
  return {
    '{device.name}': deviceName,
    // RFC 5321 §2.3.11 leaves the case of the local part to the mail host; CAs compare in lower case.
    ...(email === undefined ? {} : { '{subject.email}': email.trim().toLowerCase() }),
  };
}

function chooseKey(offer: CredentialOffer, wanted?: KeyType): EnrollmentPlan['key'] {
  const type = wanted ?? offer.key.types[0];
  if (type === undefined || !offer.key.types.includes(type)) refuse('the key type is not offered');
  if (!offer.key.places.includes('software')) refuse('the key may not lie in software');
  return { type, place: 'software', exportable: offer.key.exportable };
}

function chooseTargets(
  offer: CredentialOffer,
  available: readonly InstallTargetId[],
): readonly InstallTargetId[] {
  const wanted = new Set(offer.install.flatMap(({ target }) => targetsServing[target]));
  return installTargets.filter((target) => wanted.has(target) && available.includes(target));
}

function refuse(why: string): never {
  throw new EnrollmentError({ code: 'invalid-request' }, why);
}
