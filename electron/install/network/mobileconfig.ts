import { createHash, X509Certificate } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { createSignedData, type SignedDataContents } from '../../certificates/cms-signed-data.ts';
import { checkedNetwork, writtenXml, type CheckedNetwork } from './checked-network.ts';
import { plist, plistDocumentType, type PlistDictionary } from './plist.ts';

// Keys and values are those of github.com/apple/device-management, mdm/profiles: TopLevel, CommonPayloadKeys,
// com.apple.wifi.managed, com.apple.firstactiveethernet.managed, com.apple.security.root, .pkcs12 and .acme.

/** What the person signs in with. A profile can name only what it brings along. */
export type ProfileIdentity =
  /** One that is in the person's keychain: macOS asks once which one it is, and remembers. */
  | { readonly kind: 'keychain' }
  /** `data`: a PKCS #12 file. Its passphrase never stands beside it: macOS asks the person. */
  | { readonly kind: 'pkcs12'; readonly data: Uint8Array }
  /** The Mac makes a key of its own and gets a certificate for it. */
  | { readonly kind: 'acme'; readonly request: AcmeRequest };

/** What com.apple.security.acme asks a CA for. */
export interface AcmeRequest {
  readonly directoryUrl: string;
  /** By which the CA knows the computer (`permanent-identifier`). */
  readonly clientIdentifier: string;
  readonly commonName: string;
  readonly emailAddress?: string;
}

export interface NetworkProfile {
  /** Profiles with the same one take each other's place. */
  readonly id: string;
  readonly networks: readonly NetworkDescription[];
  readonly identity: ProfileIdentity;
  /** For the person, in System Settings. */
  readonly displayName: string;
  readonly organization?: string;
  /** When it is of no use any more, and goes by itself. */
  readonly expires?: Date;
}

/** By which macOS lists a profile. Throws `TypeError` for an id that is none of the wallet's. */
export function profileIdentifier(id: string): string {
  if (!/^[0-9A-Za-z-]{1,64}$/.test(id)) throw new TypeError('no id of the wallet');
  return `org.countersign.network.${id}`;
}

/** A configuration profile for a Mac, not signed. The same input makes the same octets. Throws `InstallError`. */
export function mobileconfig(profile: NetworkProfile): string {
  const networks = profile.networks.map((each) => checkedNetwork(each, 'macos-network'));
  const identifier = profileIdentifier(profile.id);
  const maker = new PayloadMaker(identifier);
  const identity = identityPayload(maker, profile.identity);
  const roots = new Map(
    networks.flatMap(({ roots: each }) =>
      each.map((root) => [root.fingerprint256, rootPayload(maker, root)] as const),
    ),
  );
  const anchors = (network: CheckedNetwork): readonly string[] =>
    network.roots.flatMap(({ fingerprint256 }) => roots.get(fingerprint256)?.PayloadUUID ?? []);
  const uses = networks.flatMap((network) =>
    networkPayloads(maker, { network, anchors: anchors(network), identity }),
  );
  const content: PlistDictionary = {
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: maker.uuid('profile'),
    PayloadDisplayName: profile.displayName,
    PayloadOrganization: profile.organization,
    PayloadScope: 'User',
    // Nobody is kept from taking it away again.
    PayloadRemovalDisallowed: false,
    RemovalDate: profile.expires,
    PayloadContent: [...roots.values(), ...(identity ? [identity] : []), ...unique(uses)],
  };
  return writtenXml(plist(content), 'macos-network', plistDocumentType);
}

/** The profile in a CMS signature (RFC 5652): macOS shows who made it, and takes none that was changed. */
export const signedMobileconfig = (
  text: string,
  signer: Pick<SignedDataContents, 'signer' | 'certificate' | 'chain'>,
): Promise<Uint8Array> =>
  createSignedData({ ...signer, content: Buffer.from(text), form: 'enveloped' });

type Payload = PlistDictionary & {
  readonly PayloadUUID: string;
  readonly PayloadIdentifier: string;
};

/** Payloads of one profile, by names that say what is in them. */
class PayloadMaker {
  readonly #profile: string;

  constructor(profile: string) {
    this.#profile = profile;
  }

  make(type: string, name: string, content: PlistDictionary): Payload {
    const uuid = this.uuid(`${type} ${name}`);
    return {
      PayloadType: type,
      PayloadVersion: 1,
      PayloadIdentifier: `${this.#profile}.${uuid}`,
      PayloadUUID: uuid,
      ...content,
    };
  }

  uuid(name: string): string {
    return nameBasedUuid(`${this.#profile} ${name}`);
  }
}

/** Any UUID would do: it says whose names these are. */
const namespace = Buffer.from('5f0c1c1e9c6b4a4b8c0f2b8f6f3c7d11', 'hex');

/** RFC 9562 §5.5, version 5. */
export function nameBasedUuid(name: string): string {
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const rootPayload = (maker: PayloadMaker, root: X509Certificate): Payload =>
  maker.make('com.apple.security.root', root.fingerprint256, {
    PayloadDisplayName: root.subject.replaceAll('\n', ', '),
    PayloadContent: root.raw,
  });

function identityPayload(maker: PayloadMaker, identity: ProfileIdentity): Payload | null {
  switch (identity.kind) {
    case 'keychain':
      return null;
    case 'pkcs12':
      // Without `Password`: the profile is readable for whoever has it.
      return maker.make('com.apple.security.pkcs12', 'identity', {
        PayloadContent: identity.data,
        KeyIsExtractable: false,
      });
    case 'acme':
      return maker.make('com.apple.security.acme', 'identity', acmePayload(identity.request));
  }
}

/** A key in the Secure Enclave, which macOS 14 on can have (com.apple.security.acme, HardwareBound). */
function acmePayload({
  directoryUrl,
  clientIdentifier,
  commonName,
  emailAddress,
}: AcmeRequest): PlistDictionary {
  if (!directoryUrl.startsWith('https://')) throw new TypeError('an ACME directory is https');
  return {
    DirectoryURL: directoryUrl,
    ClientIdentifier: clientIdentifier,
    KeyType: 'ECSECPrimeRandom',
    KeySize: 256,
    HardwareBound: true,
    Attest: true,
    Subject: [[['CN', commonName]]],
    SubjectAltName: emailAddress === undefined ? undefined : { rfc822Name: emailAddress },
    // Bit 0x01: digital signature.
    UsageFlags: 1,
    ExtendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    KeyIsExtractable: false,
  };
}

interface NetworkUse {
  readonly network: CheckedNetwork;
  /** UUIDs of the roots' payloads. */
  readonly anchors: readonly string[];
  readonly identity: Payload | null;
}

function networkPayloads(maker: PayloadMaker, use: NetworkUse): readonly Payload[] {
  const { network, identity } = use;
  const common = {
    PayloadCertificateUUID: identity?.PayloadUUID,
    EAPClientConfiguration: eapConfiguration(use),
  };
  const wifi = network.ssids.map((ssid) =>
    maker.make('com.apple.wifi.managed', ssid, {
      ...common,
      PayloadDisplayName: ssid,
      SSID_STR: ssid,
      HIDDEN_NETWORK: false,
      AutoJoin: true,
      // "`WPA2` allows joining WPA2 or WPA3 networks".
      EncryptionType: 'WPA2',
      ProxyType: 'None',
    }),
  );
  if (!network.wired) return wifi;
  const type = 'com.apple.firstactiveethernet.managed';
  const wired = maker.make(type, 'wired', { ...common, Interface: 'FirstActiveEthernet' });
  return [...wifi, wired];
}

function eapConfiguration({ network, anchors }: NetworkUse): PlistDictionary {
  return {
    AcceptEAPTypes: [13],
    TLSTrustedServerNames: network.serverNames,
    PayloadCertificateAnchorUUID: anchors,
    TLSAllowTrustExceptions: false,
    TLSCertificateIsRequired: true,
    TLSMinimumVersion: '1.2',
    TLSMaximumVersion: '1.3',
    // With EAP-TLS the user's name is said in clear; TLS 1.3 takes the other one.
    UserName: network.outerIdentity,
    OuterIdentity: network.outerIdentity,
  };
}

/** Two networks may share a Wi-Fi, and `com.apple.firstactiveethernet.managed` may stand there once: the first one counts. */
function unique(payloads: readonly Payload[]): readonly Payload[] {
  const found = new Map<string, Payload>();
  for (const payload of payloads) {
    const { PayloadUUID } = payload;
    if (!found.has(PayloadUUID)) found.set(PayloadUUID, payload);
  }
  return [...found.values()];
}
