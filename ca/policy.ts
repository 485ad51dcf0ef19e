import type { IdentifierType, KnownIdentifier } from './identifiers.ts';
import type { Person } from './people-types.ts';
import type { Identifier, IdentifierProblem } from './problems.ts';
import { identifierProblems, Problem } from './problems.ts';
import type { KeyUsage, Purpose } from './x509/extensions.ts';
import type { SubjectName } from './x509/names.ts';

/** One kind of certificate: what it may name, how that is proven, what it is good for. */
export type Profile = {
  readonly name: string;
  /** For people (draft-ietf-acme-profiles §3). */
  readonly description: string;
  readonly identifierType: IdentifierType;
  readonly maximumIdentifiers: number;
  /** Only for accounts that are bound to a person. */
  readonly needsPerson: boolean;
  /**
   * Any one of them makes an authorization valid, so they must be alike in strength: a one-time code
   * never stands beside proof of control over a name.
   */
  readonly challenges: readonly ChallengeTypeName[];
  readonly purposes: readonly Purpose[];
  /** Longest life of a certificate, and its life when the order names no dates; seconds. */
  readonly lifetime: number;
  /** How long an order and its authorizations may stay open; seconds. */
  readonly orderLifetime: number;
};

type ChallengeTypeName =
  'totp-01' | 'http-01' | 'dns-01' | 'tls-alpn-01' | 'dns-account-01' | 'dns-persist-01';

/** Proof by the DNS itself, the only kind that says something about all names below one. */
const dnsChallenges: readonly ChallengeTypeName[] = ['dns-01', 'dns-account-01', 'dns-persist-01'];

const HOUR = 3600;
const DAY = 24 * HOUR;

/** In order of preference: the first that fits serves an order that names no profile. */
export const profiles: readonly Profile[] = [
  {
    name: 'employee',
    description: 'Signs a person in to the web pages and services of the organisation.',
    identifierType: 'email',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: ['totp-01'],
    purposes: ['clientAuth'],
    lifetime: 90 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'wifi',
    description: 'Signs a person in to wireless and wired networks (EAP-TLS).',
    identifierType: 'email',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: ['totp-01'],
    purposes: ['clientAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'device',
    description: 'Identifies a device for which a person vouches.',
    identifierType: 'permanent-identifier',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: ['totp-01'],
    purposes: ['clientAuth'],
    lifetime: 90 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'server',
    description: 'Identifies a server by its DNS names.',
    identifierType: 'dns',
    maximumIdentifiers: 100,
    needsPerson: false,
    challenges: ['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'],
    purposes: ['serverAuth'],
    lifetime: 45 * DAY,
    orderLifetime: 7 * DAY,
  },
  {
    name: 'service',
    description:
      'Identifies a service by its DNS names, to those it calls and to those who call it.',
    identifierType: 'dns',
    maximumIdentifiers: 100,
    needsPerson: false,
    challenges: ['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'],
    purposes: ['clientAuth', 'serverAuth'],
    lifetime: 45 * DAY,
    orderLifetime: 7 * DAY,
  },
];

/** How long a pre-authorization stays good (RFC 8555 §7.4.1); seconds. */
export const PREAUTHORIZATION_LIFETIME = DAY;

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

/** Whose account asks, and whose the device is that it asks for. */
export type Claim = {
  readonly person: Person | undefined;
  /** Undefined while the device is nobody's, and for what is no device. */
  readonly keeperId: string | undefined;
};

/** Why this account may not have a certificate for an identifier; undefined when it may ask. */
export function refusalOf(
  profile: Profile,
  identifier: KnownIdentifier,
  { person, keeperId }: Claim,
): IdentifierProblem | undefined {
  if (!profile.needsPerson) return undefined;
  if (person === undefined) {
    const detail = 'Only an account that is bound to a person can ask for this certificate.';
    return { code: 'unauthorized', detail, identifier };
  }
  if (identifier.type === 'email' && identifier.value !== person.email) {
    const detail = 'The address is not that of the person the account is bound to.';
    return { code: 'rejectedIdentifier', detail, identifier };
  }
  return keeperId === undefined || keeperId === person.id ? undefined : keptByAnother(identifier);
}

/** A person vouches for a device, and nothing proves which it is: the first to do so keeps it. */
export function keptByAnother(identifier: Identifier): IdentifierProblem {
  const detail = 'The device belongs to another person.';
  return { code: 'rejectedIdentifier', detail, identifier };
}

/** RFC 8555 §8.3, RFC 8737 §3: what a web server shows proves nothing about the names below its own. */
export function challengesFor(
  profile: Profile,
  { below }: { readonly below: boolean },
): readonly ChallengeTypeName[] {
  return below
    ? profile.challenges.filter((type) => dnsChallenges.includes(type))
    : profile.challenges;
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

/** RFC 5246 §7.4.2: an RSA key of a server may also be used for key transport. */
export function keyUsagesFor(profile: Profile, keyType: string | undefined): readonly KeyUsage[] {
  const transport = keyType === 'rsa' && profile.purposes.includes('serverAuth');
  return transport ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature'];
}
