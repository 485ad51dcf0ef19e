import { anywhere, namesOf, onHardware, short, shortId } from './offer.ts';
import type { CredentialOffer, Text } from './offer.ts';
import type { Organization } from './organizations.ts';
import { profileNamed } from './profiles.ts';
import type { RunningCa } from './running-ca.ts';

type Register = Pick<RunningCa, 'organizations'>;

type Kind = Pick<CredentialOffer, 'places' | 'purpose'> & {
  readonly prefix: string;
  readonly profile: string;
  readonly name: Text;
  readonly description: (organization: string) => Text;
};

/** What requesters of an organisation may have in its name, for each of its domains, once others there have approved. */
export function approvalOffers(
  organization: Organization,
  ca: Register,
): readonly CredentialOffer[] {
  return ca.organizations
    .domains(organization.id)
    .flatMap((domain) => kinds.map((kind) => offerOf(kind, { organization, domain }, ca)));
}

type Place = { readonly organization: Organization; readonly domain: string };

function offerOf(
  { prefix, profile, name, description, places, purpose = 'codeSigning' }: Kind,
  { organization, domain }: Place,
  ca: Register,
): CredentialOffer {
  const { required } = ruleIn(organization, profile, ca);
  const by = short(organization.name);
  return {
    id: shortId(prefix, domain),
    name: { en: `${name.en}, ${short(domain)}`, de: `${name.de}, ${short(domain)}` },
    description: description(by),
    ...{ exportable: false, places, purpose, profile, organizationId: organization.id },
    ...namesOf([domain]),
    approval: {
      required,
      by: { en: `the approvers of ${by}`, de: `die Freigebenden von ${by}` },
    },
  };
}

function ruleIn({ id }: Organization, name: string, { organizations }: Register) {
  const profile = profileNamed(name);
  const rule = profile && organizations.ruleFor(id, profile);
  if (rule === undefined) throw new TypeError(`nobody has to approve ${name}`);
  return rule;
}

const kinds: readonly Kind[] = [
  {
    ...{ prefix: 'ev-code', profile: 'ev-code-signing', purpose: 'codeSigning' },
    places: onHardware,
    name: { en: 'EV code signing', de: 'EV: Programme signieren' },
    description: (organization) => ({
      en: `Signs programs in the name of ${organization}, once others there have approved. The key is made on a smart card, a security token or the security chip of this computer.`,
      de: `Signiert Programme im Namen von ${organization}, sobald andere dort es freigegeben haben. Der Schlüssel wird auf einer Chipkarte, einem Sicherheits-Token oder dem Sicherheitschip dieses Computers erzeugt.`,
    }),
  },
  {
    ...{ prefix: 'ev-documents', profile: 'ev-document-signing', purpose: 'documentSigning' },
    places: onHardware,
    name: { en: 'EV document signing', de: 'EV: Dokumente signieren' },
    description: (organization) => ({
      en: `Signs documents in the name of ${organization}, once others there have approved. The key is made on a smart card, a security token or the security chip of this computer.`,
      de: `Signiert Dokumente im Namen von ${organization}, sobald andere dort es freigegeben haben. Der Schlüssel wird auf einer Chipkarte, einem Sicherheits-Token oder dem Sicherheitschip dieses Computers erzeugt.`,
    }),
  },
  {
    ...{ prefix: 'one-time-code', profile: 'one-time-code-signing', purpose: 'codeSigning' },
    places: anywhere,
    name: { en: 'One-time code signing', de: 'Einmalig Programme signieren' },
    description: (organization) => ({
      en: `Signs one build in the name of ${organization}, within minutes. For people and services that may ask for it; others there approve each, or some in advance.`,
      de: `Signiert einen einzelnen Build im Namen von ${organization}, binnen Minuten. Für Personen und Dienste, die darum bitten dürfen; andere dort geben jeden frei, oder einige im Voraus.`,
    }),
  },
];

/** What a profile that others approve is called. */
export function approvalName(profile: string): Text | undefined {
  return kinds.find((kind) => kind.profile === profile)?.name;
}
