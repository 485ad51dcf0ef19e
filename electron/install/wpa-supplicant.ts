import {
  NetworkFileTarget,
  type NetworkFileFormat,
  type NetworkFileTargetOptions,
} from './network/network-file-target.ts';
import {
  wifiConfiguration,
  wiredConfiguration,
  type SignInKey,
  type SupplicantWish,
} from './network/wpa-supplicant-conf.ts';
import { InstallError, type InstallTarget } from './install-target.ts';
import type { WrittenKeyMaterial } from './network/key-files.ts';

export interface WpaSupplicantOptions extends Omit<NetworkFileTargetOptions, 'directory'> {
  /** Debian's when not said. */
  readonly directory?: string;
  /** OpenSSL's engine for PKCS #11 (libp11), where it was found. */
  readonly engine?: string | undefined;
}

const id = 'wpa-supplicant';

/** wpa_supplicant without NetworkManager: whole files beside the system's, for an administrator to have it read. */
export function wpaSupplicantTarget(options: WpaSupplicantOptions): InstallTarget {
  const { directory = '/etc/wpa_supplicant' } = options;
  return new NetworkFileTarget(formatOf(options), { ...options, directory });
}

const formatOf = ({ engine }: WpaSupplicantOptions): NetworkFileFormat => ({
  id,
  names: /^countersign-[0-9a-f-]{36}(?:-wired)?\.conf$/,
  checkWish: () => undefined,
  checkKey: () => undefined,
  passphraseIn: (text) => /^\tprivate_key_passwd="([A-Za-z0-9_-]+)"$/m.exec(text)?.[1],
  filesOf: ({ credentialId, networks = [] }, material) => {
    const wish: SupplicantWish = {
      ...{ target: id, networks, signIn: { ...material, key: keyOf(material) } },
      ...(engine !== undefined && { engine }),
      mark: `countersign-${credentialId}: replaced and removed as a whole`,
    };
    const files = new Map<string, string>();
    const [wifi, wired] = [wifiConfiguration(wish), wiredConfiguration(wish)];
    if (wifi !== null) files.set(`countersign-${credentialId}.conf`, wifi);
    if (wired !== null) files.set(`countersign-${credentialId}-wired.conf`, wired);
    return Promise.resolve(files);
  },
});

function keyOf({ key, passphrase }: WrittenKeyMaterial): SignInKey {
  if (key.kind === 'token') return key;
  if (passphrase !== undefined) return { ...key, passphrase };
  throw new InstallError(id, 'refused', 'no passphrase for the key');
}
