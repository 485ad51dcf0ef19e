import { X509Certificate } from 'node:crypto';
import { CompactSign } from 'jose';
import { offers } from './offers.ts';
import type { CredentialOffer } from './offers.ts';
import type { DocumentSigner } from './running-ca.ts';

export const enrollmentProfileMediaType = 'application/enrollment-profile+jws';

/** What the profile says about the running CA. */
export type ProfileSubject = {
  readonly origin: string;
  readonly directoryUrl: string;
  /** The directory's: who joins is shown these, and agrees to no others. */
  readonly termsUrl: string;
  /** Where a credential can be tried out by mutual TLS. */
  readonly probeUrl: string;
  /** Where signatures are stamped with the time. */
  readonly timestampUrl: string;
  readonly rootPem: string;
  /** SHA-256 of the root, hex. */
  readonly rootFingerprint: string;
  readonly externalAccountRequired: boolean;
  /** Those to everybody when not said. */
  readonly offers?: readonly CredentialOffer[];
};

/**
 * The last is there for smart cards, many of which make no other RSA keys. Ed25519 is left out although the CA issues
 * for it: no browser signs in with such a client certificate.
 */
const keyTypes = ['P-256', 'P-384', 'RSA-3072', 'RSA-2048'] as const;

const days = 24 * 60 * 60 * 1000;
const lifetime = 90 * days;

/** The Local CA's own enrollment profile (docs/enrollment-profile.md), unsigned. */
export function enrollmentProfile(subject: ProfileSubject, issued: Date): object {
  return {
    version: 1,
    id: `local-ca:${subject.rootFingerprint.slice(0, 32)}`,
    issued: issued.toISOString(),
    expires: new Date(issued.getTime() + lifetime).toISOString(),
    organization: organization(subject),
    directory: subject.directoryUrl,
    roots: [new X509Certificate(subject.rootPem).raw.toString('base64')],
    externalAccount: subject.externalAccountRequired ? 'required' : 'optional',
    credentials: (subject.offers ?? offers).map((offer) => credential(offer, subject)),
  };
}

function organization({ origin, termsUrl }: ProfileSubject): object {
  return {
    name: { en: 'Local CA', de: 'Lokale CA' },
    description: {
      en: 'A complete certificate authority on this computer, for trying things out.',
      de: 'Eine vollständige Zertifizierungsstelle auf diesem Computer, zum Ausprobieren.',
    },
    logo: { mediaType: 'image/svg+xml', data: Buffer.from(logo).toString('base64') },
    helpdesk: { email: 'helpdesk@example.test', url: `${origin}/about/helpdesk` },
    terms: termsUrl,
  };
}

/** Purposes whose signatures are looked at long after they were made. */
const signs: readonly string[] = ['codeSigning', 'documentSigning'];

function credential(
  offer: CredentialOffer,
  { probeUrl, timestampUrl }: Pick<ProfileSubject, 'probeUrl' | 'timestampUrl'>,
): object {
  return {
    id: offer.id,
    name: offer.name,
    description: offer.description,
    purpose: offer.purpose ?? 'client',
    ...(offer.usages === undefined ? {} : { usages: offer.usages }),
    profile: offer.profile ?? 'employee',
    identifiers: offer.identifiers ?? [{ type: 'email', value: '{subject.email}' }],
    ...(offer.commonName === undefined ? {} : { subject: { commonName: offer.commonName } }),
    key: {
      types: keyTypes,
      places: offer.places,
      exportable: offer.exportable,
    },
    install: [{ target: offer.target ?? 'browser' }, ...eapTls(offer)],
    // Nobody signs in with a certificate for signing.
    ...(offer.target === 'file' ? {} : { probe: { url: probeUrl, ...offer.network?.probe } }),
    ...(offer.approval === undefined ? {} : { approval: offer.approval }),
    ...(signs.includes(offer.purpose ?? 'client') ? { timestamp: { url: timestampUrl } } : {}),
  };
}

function eapTls({ network }: CredentialOffer): readonly object[] {
  if (network === undefined) return [];
  const { ssids, wired, serverNames, serverRoots, outerIdentity } = network;
  return [{ target: 'eap-tls', ssids, wired, serverNames, serverRoots, outerIdentity }];
}

/** Signs a profile as a compact JWS whose `x5c` carries the signer's chain (RFC 7515 §4.1.6). */
export async function signEnrollmentProfile(
  profile: object,
  signer: DocumentSigner,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(profile)))
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'enrollment-profile+jws',
      x5c: signer.chain.map((certificate) => certificate.toString('base64')),
    })
    .sign(signer.privateKey);
}

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">' +
  '<rect width="64" height="64" rx="14" fill="#1f5f5b"/>' +
  '<path d="M18 22h28M18 32h28M18 42h16" stroke="#fff" stroke-width="4" stroke-linecap="round"/>' +
  '<circle cx="45" cy="44" r="6" fill="#f2b84b"/></svg>';
