import { X509Certificate } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { mobileconfig } from './mobileconfig.ts';
import { windowsLanProfile, windowsWlanProfiles } from './windows-wlan-profile.ts';

/** What administrators put on computers that they manage: for everybody, so it names no credential and holds no key. */
export interface AdministratorText {
  readonly fileName: string;
  readonly text: string;
}

export interface NetworksForAll {
  readonly networks: readonly NetworkDescription[];
  /** DER, of those who issue the credentials. */
  readonly issuers: readonly Uint8Array[];
}

/**
 * Profiles for `netsh wlan add profile filename=…` and `netsh lan add profile filename=…`, or for a device management. Throws
 * `InstallError` for a network that is not described safely.
 */
export const windowsNetworkTexts = ({
  networks,
  issuers,
}: NetworksForAll): readonly AdministratorText[] => [
  ...networks.flatMap((network) =>
    windowsWlanProfiles({ network, issuers }).map(({ xml }, index) => ({
      fileName: `wlan-${safeId(network)}-${index + 1}.xml`,
      text: xml,
    })),
  ),
  ...networks
    .filter(({ wired }) => wired)
    .map((network) => ({
      fileName: `lan-${safeId(network)}.xml`,
      text: windowsLanProfile({ network, issuers }),
    })),
];

/** As one text: the profile itself, or a script for PowerShell that adds several. Throws `InstallError`. */
export function windowsNetworkText(wanted: NetworksForAll): AdministratorText | null {
  const texts = windowsNetworkTexts(wanted);
  const [only] = texts;
  if (only === undefined || texts.length === 1) return only ?? null;
  return { fileName: 'add-networks.ps1', text: texts.map(addition).join('\n') };
}

/** about_Quoting_Rules: in a here-string with single quotes nothing has a meaning but `'@` at the start of a line, and no line of XML of ours starts so. */
const addition = ({ fileName, text }: AdministratorText): string =>
  [
    "$profile = @'",
    inAscii(text.trimEnd()),
    "'@",
    `$file = Join-Path $env:TEMP '${fileName}'`,
    '[IO.File]::WriteAllText($file, $profile)',
    `netsh ${fileName.startsWith('lan') ? 'lan' : 'wlan'} add profile filename="$file"`,
    'Remove-Item $file',
    '',
  ].join('\r\n');

/** PowerShell 5 reads scripts in the computer's own encoding; references are XML's for the same (XML 1.0 §4.1). */
const inAscii = (xml: string): string =>
  xml.replaceAll(/[^\n\r\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0)};`);

/** A configuration profile that is not signed yet; each person chooses the identity. Throws `InstallError`. */
export function macosNetworkText(
  networks: readonly NetworkDescription[],
  certificate?: Uint8Array,
): AdministratorText {
  const [first] = networks;
  return {
    fileName: 'networks.mobileconfig',
    text: mobileconfig({
      id: first?.id ?? 'networks',
      ...{ networks, identity: { kind: 'keychain' } },
      displayName: networks.map(({ name }) => name).join(', '),
      ...(certificate && { expires: new X509Certificate(certificate).validToDate }),
    }),
  };
}

/** Part of a file's name and of a script. */
const safeId = ({ id }: NetworkDescription): string =>
  id.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 8);
