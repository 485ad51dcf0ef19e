import type { ApprovalRule } from './approval-rule.ts';
import type { IdentifierType } from './identifiers.ts';
import type { Role } from './people-types.ts';
import type { Purpose } from './x509/extensions.ts';

/** One kind of certificate: what it may name, how that is proven, what it is good for. */
export type Profile = {
  readonly name: string;
  /** For people (draft-ietf-acme-profiles §3). */
  readonly description: string;
  readonly identifierType: IdentifierType;
  readonly maximumIdentifiers: number;
  /** Only for accounts that are bound to a person. */
  readonly needsPerson: boolean;
  /** Only for persons of this role; of any when not said. */
  readonly role?: Role;
  /**
   * Only for DNS names that an administrator registered: for the service that the account is bound to, for the
   * organisation itself, or for one in which the account's person or service is a requester. Nobody proves control of them.
   */
  readonly domainsOf?: 'service' | 'organization' | 'requester';
  /** Others have to agree before anything is issued (docs/approvals.md). */
  readonly approval?: ApprovalPolicy;
  /**
   * Nothing where the account is all the proof that there is. Any one of them makes an authorization valid, so they must be alike in strength: a one-time code
   * never stands beside proof of control over a name.
   */
  readonly challenges: readonly ChallengeTypeName[];
  /** Whose certificates cert-01 takes here. */
  readonly certificatesOf?: readonly CertificateHolder[];
  /** cert-01 takes certificates alone whose keys are known to be on a token. */
  readonly onToken?: true;
  /** By any of these the person of the account proves themselves as well, in an authorization for their address. */
  readonly personChallenges?: readonly ChallengeTypeName[];
  /** What a certificate is good for when the request does not say. */
  readonly purposes: readonly Purpose[];
  /** What a request may ask for in their place. */
  readonly choosablePurposes?: readonly Purpose[];
  /** Longest life of a certificate, and its life when the order names no dates; seconds. */
  readonly lifetime: number;
  /** How long an order and its authorizations may stay open, beyond the time that others have to approve it; seconds. */
  readonly orderLifetime: number;
};

/** The rule that holds where an organisation has none of its own, and what else is the profile's to say. */
export type ApprovalPolicy = ApprovalRule & {
  /** Where a key may be: anywhere, or on a token or TPM that made it and never lets it go. */
  readonly key: 'any' | 'hardware';
  /** Whether standing pre-authorizations may be for it. */
  readonly standing: boolean;
};

/** The person or service of the account, or the device that the authorization names. */
export type CertificateHolder = 'person' | 'device' | 'service';

/** What somebody puts where the server can see it, and so proves control over a name. */
export type DomainProofName =
  'http-01' | 'dns-01' | 'tls-alpn-01' | 'dns-account-01' | 'dns-persist-01';

export type ChallengeTypeName =
  DomainProofName | 'totp-01' | 'hotp-01' | 'otp-01' | 'ppkp-01' | 'cert-01';

export const domainProofs: readonly DomainProofName[] = [
  ...(['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'] as const),
];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a person may have registered; an authorization offers what they have (`suits`). */
const personal = ['totp-01', 'hotp-01', 'ppkp-01', 'cert-01'] as const;
/** Proofs that nobody can take down over the telephone. */
export const strongProofs = ['ppkp-01', 'cert-01'] as const;

/** Two people, each by a passkey or a card, within a day. */
const twoPeople: ApprovalPolicy = {
  ...{ required: 2, by: strongProofs, hardware: true, hours: 24 },
  ...{ key: 'hardware', standing: false },
};

/** In order of preference: the first that fits serves an order that names no profile. */
export const profiles: readonly Profile[] = [
  {
    name: 'employee',
    description: 'Signs a person in to the web pages and services of the organisation.',
    identifierType: 'email',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: personal,
    certificatesOf: ['person'],
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
    challenges: personal,
    certificatesOf: ['person'],
    purposes: ['clientAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'administrator',
    description: 'Signs an administrator in, with a passkey or a card as the proof.',
    identifierType: 'email',
    maximumIdentifiers: 1,
    needsPerson: true,
    role: 'administrator',
    challenges: strongProofs,
    certificatesOf: ['person'],
    onToken: true,
    purposes: ['clientAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'contractor',
    description:
      'Signs in a person from outside, by whatever one-time password their own organisation gives them.',
    identifierType: 'email',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: ['otp-01'],
    purposes: ['clientAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'device',
    description: 'Identifies a device, by its maker or by a person who vouches for it.',
    identifierType: 'permanent-identifier',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: personal,
    certificatesOf: ['device', 'person'],
    purposes: ['clientAuth'],
    lifetime: 90 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'managed-device',
    description: 'Identifies a device by its maker, and the person who answers for it.',
    identifierType: 'permanent-identifier',
    maximumIdentifiers: 1,
    needsPerson: true,
    challenges: ['cert-01'],
    certificatesOf: ['device'],
    personChallenges: ['totp-01', 'hotp-01', 'ppkp-01'],
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
    challenges: domainProofs,
    purposes: ['serverAuth'],
    lifetime: 45 * DAY,
    orderLifetime: 7 * DAY,
  },
  {
    name: 'web-service',
    description:
      'Identifies a service by its DNS names, to those it calls and to those who call it.',
    identifierType: 'dns',
    maximumIdentifiers: 100,
    needsPerson: false,
    challenges: domainProofs,
    purposes: ['clientAuth', 'serverAuth'],
    lifetime: 45 * DAY,
    orderLifetime: 7 * DAY,
  },
  {
    name: 'service',
    description: 'Identifies a registered service to those it calls; proven by a certificate.',
    identifierType: 'dns',
    maximumIdentifiers: 20,
    needsPerson: false,
    domainsOf: 'service',
    challenges: ['cert-01'],
    certificatesOf: ['service'],
    purposes: ['clientAuth'],
    choosablePurposes: ['clientAuth', 'serverAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'service-server',
    description: 'Identifies a registered service to those who call it; proven by a certificate.',
    identifierType: 'dns',
    maximumIdentifiers: 20,
    needsPerson: false,
    domainsOf: 'service',
    challenges: ['cert-01'],
    certificatesOf: ['service'],
    purposes: ['serverAuth'],
    lifetime: 30 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'code-signing',
    description: 'Signs programs in the name of the organisation.',
    identifierType: 'dns',
    maximumIdentifiers: 1,
    needsPerson: true,
    role: 'administrator',
    domainsOf: 'organization',
    challenges: strongProofs,
    certificatesOf: ['person'],
    purposes: ['codeSigning'],
    lifetime: 365 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'document-signing',
    description: 'Signs documents in the name of the organisation.',
    identifierType: 'dns',
    maximumIdentifiers: 1,
    needsPerson: true,
    role: 'administrator',
    domainsOf: 'organization',
    challenges: strongProofs,
    certificatesOf: ['person'],
    purposes: ['documentSigning'],
    lifetime: 365 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'ev-code-signing',
    description: 'Signs programs in the name of an organisation, once others there have approved.',
    identifierType: 'dns',
    maximumIdentifiers: 1,
    needsPerson: true,
    domainsOf: 'requester',
    approval: twoPeople,
    challenges: strongProofs,
    certificatesOf: ['person'],
    purposes: ['codeSigning'],
    lifetime: 365 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'ev-document-signing',
    description: 'Signs documents in the name of an organisation, once others there have approved.',
    identifierType: 'dns',
    maximumIdentifiers: 1,
    needsPerson: true,
    domainsOf: 'requester',
    approval: twoPeople,
    challenges: strongProofs,
    certificatesOf: ['person'],
    purposes: ['documentSigning'],
    lifetime: 365 * DAY,
    orderLifetime: DAY,
  },
  {
    name: 'one-time-code-signing',
    description: 'Signs one build of a program, by a key that is thrown away afterwards.',
    identifierType: 'dns',
    maximumIdentifiers: 1,
    needsPerson: false,
    domainsOf: 'requester',
    approval: { ...twoPeople, key: 'any', standing: true },
    challenges: [],
    purposes: ['codeSigning'],
    lifetime: 15 * MINUTE,
    orderLifetime: HOUR,
  },
];

/** By its name; also one that is not issued at the moment. */
export function profileNamed(name: string): Profile | undefined {
  return profiles.find((profile) => profile.name === name);
}
