import { X509Certificate } from 'node:crypto';
import type { NetworkFileFault } from '../../../shared/models/network.ts';
import {
  hostName,
  networkMembers,
  outerIdentity,
  ssid,
  type NetworkDescription,
} from '../../../shared/models/network.ts';
import { displayText } from '../../../shared/models/text.ts';
import { readSmallFile, SmallFileError } from '../../platform/small-file.ts';
import { EapConfigError } from './eap-config-error.ts';
import { networkId } from './network-id.ts';
import { readXml, XmlReadError, type ReadElement } from './xml-reader.ts';

/** Octets. CAT's files hold a logo and terms of use beside what matters. */
const largest = 1024 * 1024;

export interface EapConfigOptions {
  readonly now: () => Date;
  /** BCP 47 tags for the provider's name, best first. */
  readonly languages: readonly string[];
}

/**
 * The networks of an `.eap-config` file (draft-winter-opsawg-eap-metadata; eduroam CAT writes them) that take certificates, one for
 * each provider in it. What it has of passwords, certificates and keys for the person is left where it is. Throws `EapConfigError`.
 */
export function readEapConfig(
  octets: Uint8Array,
  options: EapConfigOptions,
): readonly [NetworkDescription, ...NetworkDescription[]] {
  const root = rootOf(octets);
  const networks: NetworkDescription[] = [];
  let fault: EapConfigError | undefined;
  for (const provider of childrenOf(root, 'EAPIdentityProvider')) {
    try {
      networks.push(networkOf(provider, options));
    } catch (error) {
      if (!(error instanceof EapConfigError)) throw error;
      fault ??= error;
    }
  }
  const [first, ...others] = networks;
  if (first === undefined) throw fault ?? new EapConfigError('unreadable');
  return [first, ...others];
}

/** As `readEapConfig`, of a file. */
export async function readEapConfigFile(
  path: string,
  options: EapConfigOptions,
): Promise<ReturnType<typeof readEapConfig>> {
  try {
    return readEapConfig(await readSmallFile(path, largest), options);
  } catch (cause) {
    const isOfTheFile = cause instanceof Error && 'syscall' in cause;
    if (!(isOfTheFile || cause instanceof SmallFileError)) throw cause;
    throw new EapConfigError('unreadable', { cause });
  }
}

function rootOf(octets: Uint8Array): ReadElement {
  if (octets.length > largest) throw new EapConfigError('unreadable');
  try {
    const root = readXml(new TextDecoder('utf-8', { fatal: true }).decode(octets));
    if (root.name === 'EAPIdentityProviderList') return root;
  } catch (cause) {
    // `TextDecoder` says so of octets that are no UTF-8.
    if (!(cause instanceof XmlReadError || cause instanceof TypeError)) throw cause;
    throw new EapConfigError('unreadable', { cause });
  }
  throw new EapConfigError('unreadable');
}

function networkOf(provider: ReadElement, options: EapConfigOptions): NetworkDescription {
  checkValidity(provider, options.now());
  const method = childrenOf(
    childOf(provider, 'AuthenticationMethods'),
    'AuthenticationMethod',
  ).find(isEapTls);
  if (method === undefined) throw new EapConfigError('no-eap-tls');
  const where = childOf(provider, 'CredentialApplicability');
  const ssids = ssidsOf(where);
  const wired = childOf(where, 'IEEE8023') !== undefined;
  if (ssids.length === 0 && !wired) throw new EapConfigError('no-network');
  const said = { ssids, wired, ...serverOf(method), outerIdentity: outerOf(provider, method) };
  const name = nameOf(provider, options.languages) ?? ssids[0] ?? said.serverNames[0] ?? '';
  return { id: networkId(said), name, source: 'file', ...said };
}

/** RFC 3748 and IANA's registry of EAP methods: 13 is EAP-TLS. Inside a tunnel of another method it is something else. */
const isEapTls = (method: ReadElement): boolean =>
  textOf(childOf(childOf(method, 'EAPMethod'), 'Type')) === '13';

function checkValidity(provider: ReadElement, now: Date): void {
  const until = textOf(childOf(provider, 'ValidUntil'));
  if (until === undefined) return;
  const time = Date.parse(until);
  if (Number.isNaN(time)) throw new EapConfigError('unreadable');
  if (time < now.getTime()) throw new EapConfigError('expired');
}

/** Those with TKIP alone are left out: it was deprecated by IEEE 802.11-2012, and nothing badly encrypted is joined. */
function ssidsOf(where: ReadElement | undefined): readonly string[] {
  const found = childrenOf(where, 'IEEE80211')
    .filter((each) => textOf(childOf(each, 'MinRSNProto'))?.toUpperCase() !== 'TKIP')
    .map((each) => textOf(childOf(each, 'SSID')))
    .filter((text) => text !== undefined && text !== '');
  const ssids = [...new Set(found)].map((text) => parsed(ssid, text));
  return parsed(networkMembers.ssids, ssids);
}

function serverOf(method: ReadElement): Pick<NetworkDescription, 'serverNames' | 'serverRoots'> {
  const server = childOf(method, 'ServerSideCredential');
  const names = childrenOf(server, 'ServerID').map((each) =>
    parsed(hostName, textOf(each)?.toLowerCase(), 'not-pinned'),
  );
  const authorities = childrenOf(server, 'CA')
    .map(certificateOf)
    .filter(({ ca }) => ca);
  // A chain has to end somewhere: issuers in between are no more than its links.
  const roots = authorities.filter((each) => each.checkIssued(each));
  if (names.length === 0 || roots.length === 0) throw new EapConfigError('not-pinned');
  const serverRoots = [...new Set(roots.map(({ raw }) => raw.toString('base64')))];
  return {
    serverNames: parsed(networkMembers.serverNames, [...new Set(names)], 'not-pinned'),
    serverRoots: parsed(networkMembers.serverRoots, serverRoots, 'not-pinned'),
  };
}

function certificateOf(element: ReadElement): X509Certificate {
  const { format, encoding } = element.attributes;
  if (format !== 'X.509' || encoding !== 'base64') throw new EapConfigError('unreadable');
  const base64 = element.text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]{40,12000}={0,2}$/.test(base64)) throw new EapConfigError('unreadable');
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (cause) {
    throw new EapConfigError('unreadable', { cause });
  }
}

/**
 * Who the person is, is said by the certificate, in a handshake that the server has authenticated. In clear stands only what
 * leads a roaming request home: a realm. CAT gives no outer identity for EAP-TLS, and other files may name the person in it, so a
 * name in front of the realm is left out and no reason to refuse the file; without a realm nobody would know where to ask.
 */
function outerOf(provider: ReadElement, method: ReadElement): string {
  const given = textOf(
    childOf(childOf(method, 'ClientSideCredential'), 'OuterIdentity'),
  )?.toLowerCase();
  if (outerIdentity.safeParse(given).success && given !== undefined) return given;
  const { ID: id = '', namespace } = provider.attributes;
  // RFC 7542 §2.2: what follows the last @.
  const realm = given?.includes('@')
    ? given.slice(given.lastIndexOf('@') + 1)
    : namespace === 'urn:RFC4282:realm' && id.toLowerCase();
  return parsed(outerIdentity, `anonymous@${realm || ''}`, 'no-realm');
}

function nameOf(provider: ReadElement, languages: readonly string[]): string | undefined {
  const names = childrenOf(childOf(provider, 'ProviderInfo'), 'DisplayName');
  const wanted = [
    ...languages.map((tag) => tag.toLowerCase().split('-')[0]),
    'any',
    'en',
    undefined,
  ];
  const inOrder = wanted.flatMap((language) =>
    names.filter(({ attributes: { lang } }) => lang === language || language === undefined),
  );
  return inOrder
    .map((each) => displayText(80).safeParse(textOf(each)).data)
    .find((text) => text !== undefined);
}

interface Schema<T> {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly data?: T;
    readonly error?: unknown;
  };
}

function parsed<T>(schema: Schema<T>, value: unknown, reason: NetworkFileFault = 'unreadable'): T {
  const { success, data, error } = schema.safeParse(value);
  if (success && data !== undefined) return data;
  throw new EapConfigError(reason, { cause: error });
}

const childrenOf = (parent: ReadElement | undefined, name: string): readonly ReadElement[] =>
  parent?.children.filter((child) => child.name === name) ?? [];

const childOf = (parent: ReadElement | undefined, name: string): ReadElement | undefined =>
  childrenOf(parent, name)[0];

const textOf = (element: ReadElement | undefined): string | undefined => element?.text.trim();
