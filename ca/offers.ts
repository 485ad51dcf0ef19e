import { approvalOffers } from './approval-offers.ts';
import { anywhere, namesOf, onHardware, short, shortId } from './offer.ts';
import type { CredentialOffer } from './offer.ts';
import type { Person } from './people-types.ts';
import { profileNamed } from './profiles.ts';
import type { RunningCa } from './running-ca.ts';

export type { CredentialOffer, Text } from './offer.ts';

/** What the Local CA issues to everybody. */
export const offers: readonly CredentialOffer[] = [
  {
    id: 'wifi-vpn',
    name: { en: 'Wi-Fi and VPN', de: 'WLAN und VPN' },
    description: {
      en: 'Shows the company network that it is you. The key stays where it is made.',
      de: 'Zeigt dem Firmennetz, dass Sie es sind. Der Schlüssel bleibt dort, wo er erzeugt wird.',
    },
    exportable: false,
    places: anywhere,
  },
  {
    id: 'internal-websites',
    name: { en: 'Internal websites', de: 'Interne Webseiten' },
    description: {
      en: 'Signs you in to internal websites. The key may be copied to your other devices.',
      de: 'Meldet Sie bei internen Webseiten an. Der Schlüssel darf auf Ihre anderen Geräte mitgenommen werden.',
    },
    exportable: true,
    places: anywhere,
  },
  {
    id: 'admin-hardware',
    name: { en: 'Admin sign-in (hardware key)', de: 'Admin-Anmeldung (Hardware-Schlüssel)' },
    description: {
      en: 'Signs you in to the consoles of administrators. The key is made on a smart card, a security token or the security chip of this computer, and never leaves it.',
      de: 'Meldet Sie an den Konsolen der Administration an. Der Schlüssel wird auf einer Chipkarte, einem Sicherheits-Token oder dem Sicherheitschip dieses Computers erzeugt und bleibt dort.',
    },
    exportable: false,
    places: onHardware,
  },
];

/** What else there is, by whom and what an administrator registered; the CA still asks each who they are. */
export function offersOf(
  ca: Pick<
    RunningCa,
    'people' | 'registry' | 'organizations' | 'challengeMappings' | 'asksRadius' | 'network'
  >,
) {
  const { people, registry, challengeMappings, asksRadius, network } = ca;
  const hasAdministrators = people.list().some(({ role }) => role === 'administrator');
  // Whoever starts the CA with a RADIUS server does so for them, before any of them is registered.
  const hasContractors =
    asksRadius || people.list().some(({ id }) => people.codes.kinds(id).includes('otp'));
  const domains = hasAdministrators ? registry.domains('organization') : [];
  return [
    ...offers.map((offer) => (offer.id === 'wifi-vpn' && network ? { ...offer, network } : offer)),
    ...(hasContractors ? [contractor] : []),
    ...(hasAdministrators ? [administrator] : []),
    ...(challengeMappings.includes('device-serial') ? [managedDevice] : []),
    ...domains.flatMap((domain) => [codeSigning(domain), documentSigning(domain)]),
    ...ca.organizations.list().flatMap((organization) => approvalOffers(organization, ca)),
    ...registry.services().flatMap((name) => servicesOf(name, registry.domains(`service:${name}`))),
  ].slice(0, MOST);
}

/** Those of them that a person of this role, and in these organisations, may have, and no service's. */
export function offersFor(
  { id, role }: Pick<Person, 'id' | 'role'>,
  ca: Parameters<typeof offersOf>[0],
): readonly CredentialOffer[] {
  return offersOf(ca).filter((offer) => {
    const profile = profileNamed(offer.profile ?? 'employee');
    const isOfRole = profile?.role === undefined || profile.role === role;
    const { organizationId } = offer;
    const isRequester =
      organizationId === undefined || isRequesterIn(organizationId, `person:${id}`, ca);
    return isOfRole && isRequester && profile?.domainsOf !== 'service';
  });
}

function isRequesterIn(
  organizationId: string,
  person: string,
  { organizations }: Pick<RunningCa, 'organizations'>,
): boolean {
  return organizations
    .members(organizationId)
    .some(({ subject, roles }) => subject === person && roles.includes('requester'));
}

/** As many as a profile may have. */
const MOST = 64;

const contractor: CredentialOffer = {
  id: 'contractor',
  name: { en: 'Contractor', de: 'Externe' },
  description: {
    en: 'For people from outside, who prove themselves with the one-time passwords of their own organisation.',
    de: 'Für Externe; als Nachweis dienen die Einmalpasswörter ihrer eigenen Organisation.',
  },
  exportable: false,
  places: anywhere,
  profile: 'contractor',
};

const administrator: CredentialOffer = {
  id: 'administrator',
  name: { en: 'Administrator', de: 'Administration' },
  description: {
    en: 'For administrators alone, who prove themselves with a passkey, a key pair or a card.',
    de: 'Nur für die Administration; als Nachweis dienen Passkey, Schlüsselpaar oder Karte.',
  },
  exportable: false,
  places: onHardware,
  profile: 'administrator',
};

const managedDevice: CredentialOffer = {
  id: 'managed-device',
  name: { en: 'Managed device', de: 'Verwaltetes Gerät' },
  description: {
    en: 'Identifies this device by its maker’s certificate, and you as the person who answers for it.',
    de: 'Weist dieses Gerät mit dem Zertifikat seines Herstellers aus, und Sie als verantwortliche Person.',
  },
  exportable: false,
  places: anywhere,
  purpose: 'device',
  profile: 'managed-device',
  identifiers: [{ type: 'permanent-identifier', value: '{device.name}' }],
};

function codeSigning(domain: string): CredentialOffer {
  return {
    id: shortId('code', domain),
    name: { en: `Code signing, ${short(domain)}`, de: `Programme signieren, ${short(domain)}` },
    description: {
      en: `Signs programs in the name of ${short(domain)}. For administrators alone.`,
      de: `Signiert Programme im Namen von ${short(domain)}. Nur für die Administration.`,
    },
    ...{ exportable: false, places: onHardware, purpose: 'codeSigning', profile: 'code-signing' },
    ...namesOf([domain]),
  };
}

function documentSigning(domain: string): CredentialOffer {
  return {
    id: shortId('documents', domain),
    name: { en: `Document signing, ${short(domain)}`, de: `Dokumente signieren, ${short(domain)}` },
    description: {
      en: `Signs documents in the name of ${short(domain)}. For administrators alone.`,
      de: `Signiert Dokumente im Namen von ${short(domain)}. Nur für die Administration.`,
    },
    ...{ exportable: false, places: onHardware },
    ...{ purpose: 'documentSigning', profile: 'document-signing' },
    ...namesOf([domain]),
  };
}

function servicesOf(name: string, domains: readonly string[]): readonly CredentialOffer[] {
  if (domains.length === 0) return [];
  const shared = {
    ...({ exportable: false, places: anywhere, purpose: 'service' } as const),
    // As many as an offer may name, and one request holds.
    ...namesOf(domains.slice(0, 16)),
  };
  const caller: CredentialOffer = {
    id: shortId('service', name),
    name: { en: `Service ${short(name)}`, de: `Dienst ${short(name)}` },
    description: {
      en: 'For the service alone, to those it calls. It proves itself with a certificate that it has already.',
      de: 'Nur für den Dienst, gegenüber denen, die er aufruft. Als Nachweis dient ein Zertifikat, das er schon hat.',
    },
    ...{ ...shared, profile: 'service' },
  };
  const server: CredentialOffer = {
    id: shortId('server', name),
    name: { en: `Server of ${short(name)}`, de: `Server von ${short(name)}` },
    description: {
      en: 'For the service alone, to those who call it. It proves itself with a certificate that it has already.',
      de: 'Nur für den Dienst, gegenüber denen, die ihn aufrufen. Als Nachweis dient ein Zertifikat, das er schon hat.',
    },
    ...{ ...shared, usages: ['serverAuth'], profile: 'service-server' },
  };
  return [caller, server];
}
