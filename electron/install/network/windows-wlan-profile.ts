import { X509Certificate } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import type { KnownCredential } from '../install-target.ts';
import { checkedNetwork, writtenXml, type CheckedNetwork } from './checked-network.ts';
import { element, type XmlElement } from './xml-document.ts';

// Elements, order and number are those of [MS-GPWL] §6.3 (WLAN profile), §6.4 (LAN profile), §6.5 (OneX) and §6.8.1 to §6.8.3
// (EAP-TLS), and of learn.microsoft.com/windows/win32/eaphost and /nativewifi. The pages write namespaces with https; the
// samples in [MS-GPWL], and Windows, with http.
const namespaces = {
  wlan: 'http://www.microsoft.com/networking/WLAN/profile/v1',
  lan: 'http://www.microsoft.com/networking/LAN/profile/v1',
  oneX: 'http://www.microsoft.com/networking/OneX/v1',
  hostConfig: 'http://www.microsoft.com/provisioning/EapHostConfig',
  common: 'http://www.microsoft.com/provisioning/EapCommon',
  base: 'http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1',
  tls: 'http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1',
  tls2: 'http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2',
  tls3: 'http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV3',
  userCredentials: 'http://www.microsoft.com/provisioning/EapHostUserCredentials',
  baseUser: 'http://www.microsoft.com/provisioning/BaseEapUserPropertiesV1',
  tlsUser: 'http://www.microsoft.com/provisioning/EapTlsUserPropertiesV1',
} as const;

/** EAP-TLS, RFC 5216 §3.1. */
const eapTls = '13';

export interface WindowsNetworkProfile {
  /** By which Windows lists it and finds it again. */
  readonly name: string;
  readonly xml: string;
}

export interface WindowsProfileOptions {
  readonly network: NetworkDescription;
  /** DER, of those who issued the credential: only what one of them issued is shown to the network. */
  readonly issuers: readonly Uint8Array[];
  /** Which credential a profile is for; one for everybody's has none. */
  readonly credentialId?: string;
}

/** A WLAN profile for each Wi-Fi of a network (root element `WLANProfile`). Throws `InstallError`. */
export function windowsWlanProfiles(
  options: WindowsProfileOptions,
): readonly WindowsNetworkProfile[] {
  const network = checkedNetwork(options.network, 'windows-network');
  return network.ssids.map((ssid) => {
    const name = windowsProfileName(ssid, options.credentialId);
    return { name, xml: windowsXml(wlanProfile({ ssid, name }, oneX(network, options))) };
  });
}

/**
 * Each credential has profiles of its own, so that one that is new stands beside the one that it follows until it is proven, and
 * no profile of the person's is written over. `nameType` has 1 to 255 characters.
 */
export const windowsProfileName = (ssid: string, credentialId?: string): string =>
  credentialId === undefined ? ssid : `${ssid} (Countersign ${credentialId.slice(0, 8)})`;

/** That of the sockets in the wall (root element `LANProfile`). Throws `InstallError`. */
export function windowsLanProfile(options: WindowsProfileOptions): string {
  const network = checkedNetwork(options.network, 'windows-network');
  const security = [
    // Without 802.1X there is no such network: nothing falls back to none.
    element('OneXEnforced', 'true'),
    element('OneXEnabled', 'true'),
    oneX(network, options),
  ];
  const profile = [element('MSM', [element('security', security)])];
  return windowsXml(element('LANProfile', profile, { xmlns: namespaces.lan }));
}

/**
 * What WlanSetProfileEapXmlUserData takes: this very certificate, by its SHA-1 (`UserCert`), and the outer identity in place of the
 * certificate's name (`Username`). Throws `InstallError`.
 */
export function windowsUserData(
  network: NetworkDescription,
  { certificate }: Pick<KnownCredential, 'certificate'>,
): string {
  const { outerIdentity } = checkedNetwork(network, 'windows-network');
  const eapType = [
    element('eapTls:Username', outerIdentity),
    element('eapTls:UserCert', thumbprint(certificate)),
  ];
  const eap = element('baseEap:Eap', [
    element('baseEap:Type', eapTls),
    element('eapTls:EapType', eapType),
  ]);
  const attributes = { xmlns: namespaces.userCredentials, 'xmlns:eapCommon': namespaces.common };
  const credentials = element('Credentials', [eap], {
    'xmlns:baseEap': namespaces.baseUser,
    'xmlns:eapTls': namespaces.tlsUser,
  });
  return windowsXml(
    element('EapHostUserCredentials', [eapMethod('user'), credentials], attributes),
  );
}

/** Those pages call it thumbprint: SHA-1, hex. */
export const thumbprint = (der: Uint8Array): string =>
  new X509Certificate(der).fingerprint.replaceAll(':', '').toLowerCase();

const windowsXml = (root: XmlElement): string => writtenXml(root, 'windows-network');

interface NamedWlan {
  readonly ssid: string;
  readonly name: string;
}

function wlanProfile({ ssid, name }: NamedWlan, secured: XmlElement): XmlElement {
  const hex = Buffer.from(ssid, 'utf8').toString('hex').toUpperCase();
  const authEncryption = element('authEncryption', [
    // WPA2-Enterprise: Windows takes it for networks that speak WPA3-Enterprise beside it as well.
    element('authentication', 'WPA2'),
    element('encryption', 'AES'),
    element('useOneX', 'true'),
  ]);
  const content = [
    element('name', name),
    element('SSIDConfig', [
      element('SSID', [element('hex', hex), element('name', ssid)]),
      element('nonBroadcast', 'false'),
    ]),
    element('connectionType', 'ESS'),
    element('connectionMode', 'auto'),
    element('autoSwitch', 'false'),
    element('MSM', [element('security', [authEncryption, secured])]),
  ];
  return element('WLANProfile', content, { xmlns: namespaces.wlan });
}

/** 802.1X with the person's certificate, not the computer's; in §6.5 `authMode` stands before `EAPConfig`. */
function oneX(network: CheckedNetwork, { issuers }: WindowsProfileOptions): XmlElement {
  const config = element('Config', [tlsConfiguration(network, issuers)]);
  const host = element('EapHostConfig', [eapMethod('connection'), config], {
    xmlns: namespaces.hostConfig,
  });
  const content = [
    element('cacheUserData', 'true'),
    element('authMode', 'user'),
    element('EAPConfig', [host]),
  ];
  return element('OneX', content, { xmlns: namespaces.oneX });
}

function eapMethod(purpose: 'connection' | 'user'): XmlElement {
  const ids =
    purpose === 'connection'
      ? ['Type', 'VendorId', 'VendorType', 'AuthorId']
      : ['Type', 'AuthorId'];
  const prefix = purpose === 'connection' ? '' : 'eapCommon:';
  const attributes = purpose === 'connection' ? { xmlns: namespaces.common } : undefined;
  return element(
    'EapMethod',
    ids.map((id) => element(`${prefix}${id}`, id === 'Type' ? eapTls : '0', attributes)),
  );
}

function tlsConfiguration(network: CheckedNetwork, issuers: readonly Uint8Array[]): XmlElement {
  const second = { xmlns: namespaces.tls2 };
  const content = [
    element('CredentialsSource', [
      element('CertificateStore', [element('SimpleCertSelection', 'true')]),
    ]),
    serverValidation(network),
    // The name in the response to EAP's request for an identity is that of the user data, and not the certificate's.
    element('DifferentUsername', 'true'),
    element('PerformServerValidation', 'true', second),
    // [MS-GPWL] §2.2.3.2.5: only with it the server's name is looked at.
    element('AcceptServerName', 'true', second),
    element('TLSExtensions', [filteringInfo(issuers)], second),
  ];
  const eap = [element('Type', eapTls), element('EapType', content, { xmlns: namespaces.tls })];
  return element('Eap', eap, { xmlns: namespaces.base });
}

function serverValidation({ serverNames, roots }: CheckedNetwork): XmlElement {
  return element('ServerValidation', [
    element('DisableUserPromptForServerValidation', 'true'),
    // learn.microsoft.com, "Extensible Authentication Protocol (EAP) for network access": a list with semicolons; a name is a
    // regular expression only when it has an asterisk, and the names of hosts have none.
    element('ServerNames', serverNames.join(';')),
    ...roots.map(({ raw }) => element('TrustedRootCA', thumbprint(raw))),
  ]);
}

/** Certificates of other issuers, and those for other ends, are not offered to the network. */
function filteringInfo(issuers: readonly Uint8Array[]): XmlElement {
  const hashes = issuers.map((issuer) => element('IssuerHash', thumbprint(issuer)));
  const content = [
    // A certificate without any extended key usage is one for all.
    element('AllPurposeEnabled', 'true'),
    ...(hashes.length > 0 ? [element('CAHashList', hashes, { Enabled: 'true' })] : []),
    element('ClientAuthEKUList', '', { Enabled: 'true' }),
  ];
  return element('FilteringInfo', content, { xmlns: namespaces.tls3 });
}
