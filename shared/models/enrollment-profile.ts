import { z } from 'zod';
import { hostName, networkMembers } from './network.ts';
import { displayText, httpsUrl, localizedText } from './text.ts';

/** What a credential is for, in the words of the enrollment profile. */
export const purposes = [
  'client',
  'device',
  'codeSigning',
  'documentSigning',
  'email',
  'service',
] as const;
export type Purpose = (typeof purposes)[number];

/** What a service's certificate may be used for: to call others, and to be called. */
export const serviceUsages = ['clientAuth', 'serverAuth'] as const;
export type ServiceUsage = (typeof serviceUsages)[number];

export const keyTypes = ['P-256', 'P-384', 'RSA-3072', 'RSA-2048', 'RSA-4096', 'Ed25519'] as const;
export type KeyType = (typeof keyTypes)[number];

export const keyPlaces = ['software', 'token', 'tpm', 'os'] as const;
export type KeyPlace = (typeof keyPlaces)[number];

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** The closed list of placeholders that a profile may leave for the person's own values. */
export const placeholders = ['{subject.email}', '{device.name}'] as const;
const template = displayText(255).refine(
  (text) =>
    [...text.matchAll(/\{[^{}]*\}|[{}]/g)].every(([match]) =>
      (placeholders as readonly string[]).includes(match),
    ),
  'has a placeholder that is not on the list',
);

const identifierTemplate = z.looseObject({
  type: z.enum(['email', 'dns', 'permanent-identifier']),
  value: template,
});

/** A page's scheme, host and port. */
const origin = httpsUrl.regex(
  // Browsers read patterns where they are told pages: nothing of one gets in.
  /^https:\/\/(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?\/?$/,
);

const installTarget = z.discriminatedUnion('target', [
  z.looseObject({
    target: z.literal('browser'),
    /** Pages for which browsers are to show the credential without a question; the probe's when not said. */
    sites: z.array(origin).min(1).max(16).optional(),
  }),
  z
    .looseObject({ target: z.literal('eap-tls'), ...networkMembers })
    .refine(({ ssids, wired }) => wired || ssids.length > 0, 'names no network'),
  z.looseObject({ target: z.literal('os') }),
  z.looseObject({ target: z.literal('file') }),
]);
export type ProfileInstallTarget = z.infer<typeof installTarget>['target'];

const keyPolicy = z.looseObject({
  types: z.array(z.enum(keyTypes)).min(1).max(keyTypes.length),
  places: z.array(z.enum(keyPlaces)).min(1).max(keyPlaces.length),
  exportable: z.boolean().default(false),
  /** How long a token may stay unlocked once the person has typed the PIN: the first limit that is reached ends it. */
  hold: z
    .looseObject({
      seconds: z.int().min(1).max(3600),
      /** Uses of private keys. */
      uses: z.int().min(1).max(1000),
    })
    .optional(),
});

/** Where a credential can be tried out; each is tried as far as this computer can. */
const probe = z
  .looseObject({
    /** A page that asks for a client certificate. */
    url: httpsUrl.optional(),
    /** A RADIUS server for tests; `secret` is known to all who read the profile, and keeps nothing secret. */
    radius: z
      .looseObject({
        host: hostName.or(z.ipv4()).or(z.ipv6()),
        port: z.int().min(1).max(65_535).default(1812),
        secret: z.string().regex(/^[\x21-\x7e]{1,64}$/),
      })
      .optional(),
    /** The network itself, where this computer is within its reach. */
    network: z.boolean().optional(),
  })
  .refine(
    ({ url, radius, network }) => url !== undefined || radius !== undefined || network === true,
    'names nothing to try',
  );
export type OfferProbe = z.infer<typeof probe>;

const offerMembers = z.looseObject({
  id: name,
  name: localizedText(80),
  description: localizedText(400).optional(),
  purpose: z.enum(purposes),
  /** Of a service; `clientAuth` alone when not said. */
  usages: z.array(z.enum(serviceUsages)).min(1).max(serviceUsages.length).optional(),
  profile: name.optional(),
  identifiers: z.array(identifierTemplate).min(1).max(16),
  subject: z.looseObject({ commonName: template.optional() }).optional(),
  subjectAltName: z.looseObject({ userPrincipalName: template.optional() }).optional(),
  key: keyPolicy,
  install: z.array(installTarget).max(8).default([]),
  probe: probe.optional(),
  /** RFC 3161. The token is signed, so the way to it need not be. */
  timestamp: z
    .looseObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(2048)
        // RFC 3986 without credentials, and without quotes: other programs are told it on their command lines.
        .regex(/^https?:\/\/(?![^/?#]*@)[\w.~:/?#[\]@!$&()*+,;=%-]+$/),
      /** Base64 DER; those of the profile when not said. */
      roots: z.array(base64.max(12_000)).min(1).max(8).optional(),
    })
    .optional(),
  /** Others have to agree before it is issued (docs/approvals.md). */
  approval: z
    .looseObject({
      /** How many. */
      required: z.int().min(1).max(8),
      /** Whom to ask about it, as a text. */
      by: localizedText(200).optional(),
    })
    .optional(),
  renewal: z.looseObject({ atLifetimeFraction: z.number().gt(0).lt(1) }).optional(),
});

const credentialOffer = offerMembers.refine(
  ({ purpose, usages = [] }) =>
    (usages.length === 0 || purpose === 'service') && new Set(usages).size === usages.length,
  'has usages twice, or for something that is no service',
);

/** One kind of credential that an organisation offers. */
export type CredentialOffer = z.infer<typeof credentialOffer>;

const helpdesk = z.looseObject({
  email: z.email().max(254).optional(),
  phone: displayText(40).optional(),
  url: httpsUrl.optional(),
});
export type Helpdesk = z.infer<typeof helpdesk>;

const logo = z.looseObject({
  mediaType: z.enum(['image/png', 'image/svg+xml']),
  data: base64.max(88_000),
});

const organization = z.looseObject({
  name: localizedText(80),
  description: localizedText(400).optional(),
  logo: logo.optional(),
  helpdesk: helpdesk.optional(),
  terms: httpsUrl.optional(),
});

/**
 * How an organisation describes itself (docs/enrollment-profile.md).
 * Unknown members are kept and ignored; an unknown `version` is refused before this schema is asked.
 */
export const enrollmentProfile = z.looseObject({
  version: z.literal(1),
  id: displayText(128),
  issued: z.iso.datetime(),
  expires: z.iso.datetime(),
  organization,
  directory: httpsUrl,
  roots: z.array(base64.max(12_000)).max(16).optional(),
  externalAccount: z.enum(['required', 'optional', 'none']),
  credentials: z.array(credentialOffer).min(1).max(64),
});

export type EnrollmentProfile = z.infer<typeof enrollmentProfile>;
