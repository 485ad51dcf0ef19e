import { readFile } from 'node:fs/promises';
import { isUnusable } from '../../shared/models/key-types.ts';
import { InstallError, type InstallTarget } from './install-target.ts';
import { iwdFileName, iwdProfile, refuseKeysOfOthers, rsaOnly } from './network/iwd-profile.ts';
import {
  NetworkFileTarget,
  type NetworkFileFormat,
  type NetworkFileTargetOptions,
} from './network/network-file-target.ts';

export interface IwdOptions extends Omit<NetworkFileTargetOptions, 'directory'> {
  /** iwd's own when not said. */
  readonly directory?: string;
}

const id = 'iwd';

/** iwd, which joins Wi-Fi networks alone and with keys in files alone: a profile for each name in the air, which it reads at once. */
export function iwdTarget(options: IwdOptions): InstallTarget {
  const { directory = '/var/lib/iwd' } = options;
  return new NetworkFileTarget(format, { ...options, directory });
}

const noTokens = () => new InstallError(id, 'unsuitable', 'iwd uses no keys on tokens');

const format: NetworkFileFormat = {
  id,
  names: /^[=A-Za-z0-9_ -]+\.8021x$/,
  checkWish: ({ onToken, keyType, networks = [] }) => {
    if (onToken) throw noTokens();
    if (keyType !== undefined && isUnusable(id, keyType)) throw rsaOnly();
    if (networks.length > 0 && networks.every(({ ssids }) => ssids.length === 0)) {
      throw new InstallError(id, 'unsuitable', 'iwd joins no wired networks');
    }
  },
  checkKey: ({ certificate, token }) => {
    if (token) throw noTokens();
    refuseKeysOfOthers(certificate);
  },
  passphraseIn: (text) => /^EAP-TLS-ClientKeyPassphrase=([A-Za-z0-9_-]+)$/m.exec(text)?.[1],
  filesOf: async ({ credentialId, networks = [] }, { certificateFile, key, passphrase }) => {
    if (key.kind === 'token' || passphrase === undefined) {
      throw noTokens();
    }
    const signIn = {
      name: `countersign-${credentialId}`,
      certificates: await readFile(certificateFile, 'utf8'),
      ...{ key: await readFile(key.file, 'utf8'), passphrase },
    };
    return new Map(
      networks.flatMap((network) =>
        network.ssids.map((ssid) => [iwdFileName(ssid), iwdProfile(network, signIn)] as const),
      ),
    );
  },
};
