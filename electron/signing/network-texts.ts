import type { ConfigurationText } from '../../shared/models/signing.ts';
import { derOf, readChain } from '../certificates/pem.ts';
import { InstallError } from '../install/install-target.ts';
import { macosNetworkText, windowsNetworkText } from '../install/network/administrator-texts.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';

/** Its networks for administrators of Windows and macOS, on whatever computer; none that is not described safely. */
export function networkTexts({
  networks = [],
  chain,
}: Pick<CredentialRecord, 'networks' | 'chain'>): readonly ConfigurationText[] {
  if (networks.length === 0) return [];
  const [, ...issuers] = readChain(chain).map(derOf);
  try {
    const windows = windowsNetworkText({ networks, issuers });
    const macos = { program: 'macos', ...macosNetworkText(networks) } as const;
    return windows === null ? [macos] : [{ program: 'windows', ...windows }, macos];
  } catch (error) {
    if (error instanceof InstallError) return [];
    throw error;
  }
}
