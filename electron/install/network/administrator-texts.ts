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
      fileName: `wlan-${network.id.slice(0, 8)}-${index + 1}.xml`,
      text: xml,
    })),
  ),
  ...networks
    .filter(({ wired }) => wired)
    .map((network) => ({
      fileName: `lan-${network.id.slice(0, 8)}.xml`,
      text: windowsLanProfile({ network, issuers }),
    })),
];

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
