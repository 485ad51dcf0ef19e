import { isWildcard } from './identifiers.ts';
import type { KnownIdentifier } from './identifiers.ts';
import type { Person } from './people-types.ts';
import type { Identifier, IdentifierProblem } from './problems.ts';
import { identifierProblems, Problem } from './problems.ts';
import { domainProofs, strongProofs } from './profiles.ts';
import type { ChallengeTypeName, Profile } from './profiles.ts';
import type { KeyUsage, Purpose } from './x509/extensions.ts';
import type { SubjectName } from './x509/names.ts';

const DAY = 24 * 3600;

/** Proof by the DNS itself, the only kind that says something about all names below one. */
const dnsChallenges: readonly ChallengeTypeName[] = ['dns-01', 'dns-account-01', 'dns-persist-01'];

/** How long a pre-authorization stays good (RFC 8555 §7.4.1); seconds. */
export const PREAUTHORIZATION_LIFETIME = DAY;

/** For all who ask together: each costs a signature. */
export const TIMESTAMPS_PER_MINUTE = 120;

/** How many orders an account may have open at a time. */
export const MAXIMUM_OPEN_ORDERS = 100;

/** How many pre-authorizations an account may have open, neither proven nor ended, at a time. */
export const MAXIMUM_OPEN_PREAUTHORIZATIONS = 100;

/** The profile an order asks for, or the first that fits what it names (draft-ietf-acme-profiles §4). */
export function chooseProfile(
  requested: unknown,
  identifiers: readonly KnownIdentifier[],
  offered: readonly Profile[],
): Profile {
  if (requested === undefined) return defaultProfile(identifiers, offered);
  const profile = offered.find(({ name }) => name === requested);
  if (profile === undefined) {
    throw new Problem('invalidProfile', 'The requested profile does not exist.');
  }
  if (!identifiers.every(({ type }) => type === profile.identifierType)) {
    const detail = `The profile "${profile.name}" is for identifiers of type "${profile.identifierType}".`;
    throw new Problem('invalidProfile', detail);
  }
  if (identifiers.length > profile.maximumIdentifiers) {
    throw new Problem('invalidProfile', tooMany(profile));
  }
  return profile;
}

function defaultProfile(
  identifiers: readonly KnownIdentifier[],
  offered: readonly Profile[],
): Profile {
  const types = new Set(identifiers.map(({ type }) => type));
  if (types.size > 1) {
    throw new Problem('malformed', 'Identifiers of different types do not go in one certificate.');
  }
  const profile = offered.find(({ identifierType }) => types.has(identifierType));
  if (profile === undefined) throw notOffered(identifiers);
  if (identifiers.length <= profile.maximumIdentifiers) return profile;
  throw new Problem('malformed', tooMany(profile));
}

function tooMany({ name, maximumIdentifiers }: Profile): string {
  return `A certificate of the profile "${name}" names at most ${maximumIdentifiers}.`;
}

function notOffered(identifiers: readonly KnownIdentifier[]): Problem {
  const detail = 'This CA issues nothing for identifiers of this type.';
  return identifierProblems(
    identifiers.map((identifier) => ({ code: 'rejectedIdentifier', detail, identifier })),
  );
}

/** The profile under whose rules an identifier is pre-authorized. */
export function profileFor(identifier: KnownIdentifier, offered: readonly Profile[]): Profile {
  return defaultProfile([identifier], offered);
}

/** Whose account asks, and whose that is which it asks for. */
export type Claim = {
  readonly person: Person | undefined;
  /** What the service is called that the account is bound to. */
  readonly service: string | undefined;
  /** Undefined while the device is nobody's, and for what is no device. */
  readonly keeperId: string | undefined;
  /** The DNS names that are registered for the service, for the organisation, and for those in which whose account it is may request. */
  readonly domains: Readonly<Record<NonNullable<Profile['domainsOf']>, readonly string[]>>;
};

/** Why this account may not have a certificate for an identifier; undefined when it may ask. */
export function refusalOf(
  profile: Profile,
  identifier: Identifier,
  claim: Claim,
): IdentifierProblem | undefined {
  const detail = refusalOfAccount(profile, claim);
  if (detail !== undefined) return { code: 'unauthorized', detail, identifier };
  if (profile.domainsOf !== undefined && !isRegistered(identifier, claim, profile.domainsOf)) {
    const unregistered = 'The name is not registered for whom the account is bound to.';
    return { code: 'rejectedIdentifier', detail: unregistered, identifier };
  }
  const { person, keeperId } = claim;
  if (!profile.needsPerson || person === undefined) return undefined;
  if (identifier.type === 'email' && identifier.value !== person.email) {
    const other = 'The address is not that of the person the account is bound to.';
    return { code: 'rejectedIdentifier', detail: other, identifier };
  }
  return keeperId === undefined || keeperId === person.id ? undefined : keptByAnother(identifier);
}

function refusalOfAccount(profile: Profile, { person, service }: Claim): string | undefined {
  if (profile.needsPerson && person === undefined) {
    return 'Only an account that is bound to a person can ask for this certificate.';
  }
  if (profile.role !== undefined && person?.role !== profile.role) {
    return `Only a person of the role "${profile.role}" can ask for this certificate.`;
  }
  if (profile.domainsOf === 'service' && service === undefined) {
    return 'Only an account that is bound to a service can ask for this certificate.';
  }
  if (profile.domainsOf === 'requester' && person === undefined && service === undefined) {
    return 'Only an account that is bound to somebody can ask for this certificate.';
  }
  return undefined;
}

/** To the letter: a registered name says nothing about those below it. */
function isRegistered(
  { value }: Identifier,
  { domains }: Claim,
  owner: NonNullable<Profile['domainsOf']>,
): boolean {
  return !isWildcard(value) && domains[owner].includes(value);
}

/** A person vouches for a device, and nothing proves which it is: the first to do so keeps it. */
export function keptByAnother(identifier: Identifier): IdentifierProblem {
  const detail = 'The device belongs to another person.';
  return { code: 'rejectedIdentifier', detail, identifier };
}

/** Whether what is to be proven is control over a name, and not who somebody is. */
export function isDomainProven({ challenges }: Profile): boolean {
  const proofs: readonly ChallengeTypeName[] = domainProofs;
  return challenges.length > 0 && challenges.every((type) => proofs.includes(type));
}

/** Whether nothing that somebody could be talked out of proves it. */
export function isStrong(profile: Profile | undefined): boolean {
  const { challenges = [] } = profile ?? {};
  const proofs: readonly ChallengeTypeName[] = strongProofs;
  return challenges.length > 0 && challenges.every((type) => proofs.includes(type));
}

/** Whether what an earlier profile asked for is enough for another: a certificate by the one then is a proof for the other. */
export function isAtLeast(earlier: Profile | undefined, profile: Profile): boolean {
  const { challenges = [] } = earlier ?? {};
  return challenges.length > 0 && challenges.every((type) => profile.challenges.includes(type));
}

/** How something was proven, and under the rules of which profile. */
export type EarlierProof = { readonly type: string; readonly profile: Profile | undefined };

/** Whether a proof for another order, or none, is one for this profile as well. */
export function acceptsProof(
  profile: Profile,
  accepted: readonly ChallengeTypeName[],
  { type, profile: earlier }: EarlierProof,
): boolean {
  if (!(accepted as readonly string[]).includes(type)) return false;
  // Whose certificate it was, and where its key is, was asked by the rules of then.
  return type !== 'cert-01' || certificateRules(profile) === certificateRules(earlier);
}

function certificateRules(profile: Profile | undefined): string {
  return [profile?.onToken === true ? 'token' : '', ...(profile?.certificatesOf ?? [])].join();
}

/** RFC 8555 §8.3, RFC 8737 §3: what a web server shows proves nothing about the names below its own. */
export function challengesFor(
  profile: Profile,
  { type, below }: { readonly type: string; readonly below: boolean },
): readonly ChallengeTypeName[] {
  const { challenges, personChallenges, identifierType } = profile;
  if (type === 'email' && identifierType !== 'email') return personChallenges ?? challenges;
  return below ? challenges.filter((name) => dnsChallenges.includes(name)) : challenges;
}

/**
 * The subject is the CA's to say; a common name has 64 characters at most (RFC 5280 §A.1). A device has
 * none: its name is whatever a person called it, and could be read as the name of somebody else.
 */
export function subjectOf(
  identifiers: readonly Identifier[],
  person: Person | undefined,
): SubjectName {
  const [first] = identifiers;
  if (first?.type === 'email' && person !== undefined) return { commonName: person.name };
  const short = identifiers.find(({ type, value }) => type === 'dns' && value.length <= 64);
  return short === undefined ? {} : { commonName: short.value };
}

/** What a certificate is issued for: what the request asks for, where the profile leaves the choice. */
export function purposesFor(
  { purposes, choosablePurposes = [] }: Profile,
  requested: readonly Purpose[],
): readonly Purpose[] {
  const chosen = choosablePurposes.filter((purpose) => requested.includes(purpose));
  return chosen.length > 0 ? chosen : purposes;
}

/** RFC 5246 §7.4.2: an RSA key of a server may also be used for key transport. */
export function keyUsagesFor(
  purposes: readonly Purpose[],
  keyType: string | undefined,
): readonly KeyUsage[] {
  const transport = keyType === 'rsa' && purposes.includes('serverAuth');
  return transport ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature'];
}
