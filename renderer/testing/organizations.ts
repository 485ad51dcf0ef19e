import type { CredentialOffer } from '../../shared/models/enrollment-profile.ts';
import type { Organization, OrganizationPreview } from '../../shared/models/organization.ts';

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path d="M32 6 8 54h14l10-22 10 22h14z" fill="#1d5b8f"/><circle cx="32" cy="46" r="6" fill="#e4a233"/></svg>`;

export const wifi: CredentialOffer = {
  id: 'wifi',
  name: { en: 'Wi-Fi and VPN', de: 'WLAN und VPN' },
  description: {
    en: 'Gets this computer into the office Wi-Fi and the VPN, without a password.',
    de: 'Bringt diesen Computer ohne Passwort in das WLAN im Büro und in das VPN.',
  },
  purpose: 'client',
  identifiers: [{ type: 'email', value: '{subject.email}' }],
  key: { types: ['P-256', 'P-384', 'RSA-3072'], places: ['software'], exportable: false },
  install: [{ target: 'browser' }, { target: 'file' }],
};

export const northlightNetwork = {
  target: 'eap-tls',
  ssids: ['Northlight'],
  wired: true,
  serverNames: ['radius.northlight.example'],
  serverRoots: ['AAAA'],
  outerIdentity: '@northlight.example',
} as const satisfies CredentialOffer['install'][number];

/** Into the office network, with all that this can be tried at. */
export const networkUse: Pick<CredentialOffer, 'install' | 'probe'> = {
  install: [northlightNetwork, { target: 'browser' }],
  probe: {
    url: 'https://whoami.northlight.example/',
    radius: { host: 'radius.northlight.example', port: 1812, secret: 'public' },
    network: true,
  },
};

export const signing: CredentialOffer = {
  id: 'documents',
  name: { en: 'Signing documents', de: 'Dokumente signieren' },
  purpose: 'documentSigning',
  identifiers: [{ type: 'email', value: '{subject.email}' }],
  key: { types: ['P-256'], places: ['software'], exportable: true },
  install: [{ target: 'file' }],
};

export const codeSigning: CredentialOffer = {
  id: 'code',
  name: { en: 'Code signing (release)', de: 'Codesignatur (Freigabe)' },
  purpose: 'codeSigning',
  identifiers: [{ type: 'dns', value: 'northlight.example' }],
  key: { types: ['P-384'], places: ['token'], exportable: false },
  install: [],
};

export const northlight: Organization = {
  id: 'northlight',
  name: { en: 'Northlight Shipyards', de: 'Nordlicht-Werften' },
  description: {
    en: 'Credentials for everybody who works at the yards in Kiel and Bergen.',
    de: 'Ausweise für alle, die auf den Werften in Kiel und Bergen arbeiten.',
  },
  logo: `data:image/svg+xml;base64,${btoa(logo)}`,
  helpdesk: {
    email: 'help@northlight.example',
    phone: '+49 431 555 0199',
    url: 'https://help.northlight.example/credentials',
  },
  terms: 'https://www.northlight.example/terms',
  directoryUrl: 'https://ca.northlight.example/acme/directory',
  signer: {
    hex: '6f1d0c5ab2e94c7780d1f3a2b94e06c57d2f8a11c3405e6b97d8a0f2e4c6b8d1',
    words: ['harbor', 'velvet', 'orbit', 'cactus', 'lemon', 'sister', 'announce', 'quick'],
  },
  rootFingerprints: ['a4c1f0928b7d6e5f43210fedcba98765a4c1f0928b7d6e5f43210fedcba98765'],
  vouchedBy: { by: 'domain', domain: 'northlight.example' },
  accountKey: { place: 'software', type: 'P-256' },
  offers: [wifi, signing, codeSigning],
};

/** Says who it is for, where it is tried, and on which computer it lies. */
export const deviceWifi: CredentialOffer = {
  ...wifi,
  id: 'device',
  subject: { commonName: '{device.name}' },
  probe: { url: 'https://whoami.northlight.example/' },
};

/** Everything as long as it may get in German. */
export const longNamed: Organization = {
  ...northlight,
  id: 'long',
  name: {
    en: 'Society for Scientific Data Processing of Lower Saxony',
    de: 'Gesellschaft für wissenschaftliche Datenverarbeitung Niedersachsen mbH',
  },
  description: {
    en: 'Joint computing centre of the universities',
    de: 'Hochschulübergreifendes Rechenzentrum mit Zertifizierungsstellenverwaltung',
  },
  directoryUrl:
    'https://zertifizierungsstelle.rechenzentrum.gesellschaft-niedersachsen.example:14000/directory',
  offers: [wifi],
};
delete (longNamed as { logo?: string }).logo;

/** A preview of the organisation as an invitation shows it. */
export function previewOf(
  organization: Organization,
  changes: Partial<OrganizationPreview> = {},
): OrganizationPreview {
  const { vouchedBy, ...shown } = organization;
  return {
    previewId: `preview-${organization.id}`,
    organization: shown,
    vouchedBy,
    alreadyJoined: false,
    replacesInvitation: false,
    invitation: { bindsAccount: true, offerId: 'wifi' },
    ...changes,
  };
}
