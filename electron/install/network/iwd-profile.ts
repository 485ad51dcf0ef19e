import { X509Certificate } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { InstallError } from '../install-target.ts';
import { checkedNetwork } from './checked-network.ts';

export interface IwdSignIn {
  /** A word of letters, digits and hyphens by which the parts of the file are called. */
  readonly name: string;
  /** PEM, the certificate first, then its issuers. */
  readonly certificates: string;
  /** PKCS #8 in PEM, encrypted. */
  readonly key: string;
  readonly passphrase: string;
}

const target = 'iwd';

/** iwd.network(5), "NAMING". Throws `InstallError` for a name that no network has. */
export function iwdFileName(ssid: string): string {
  const octets = Buffer.from(ssid);
  if (!ssid.isWellFormed() || octets.length === 0 || octets.length > 32) {
    throw new InstallError(target, 'refused', 'the name of the network');
  }
  const isPlain = /^[A-Za-z0-9_ -]+$/.test(ssid);
  return `${isPlain ? ssid : `=${octets.toString('hex')}`}.8021x`;
}

/**
 * A network for iwd with all that it signs in with (iwd.network(5), "EMBEDDED PEMS"), for iwd reads no files of people's.
 * Throws `InstallError`.
 */
export function iwdProfile(network: NetworkDescription, signIn: IwdSignIn): string {
  const { outerIdentity, serverNames, roots } = checkedNetwork(network, target);
  const { name, passphrase } = signIn;
  if (!/^[a-z0-9-]{1,80}$/.test(name) || !/^[A-Za-z0-9_-]{16,256}$/.test(passphrase)) {
    throw new InstallError(target, 'refused', 'a value cannot be written for iwd');
  }
  const embedded = {
    roots: `${name}-roots`,
    certificate: `${name}-certificate`,
    key: `${name}-key`,
  };
  return [
    '[Settings]',
    'AutoConnect=true',
    '',
    '[Security]',
    'EAP-Method=TLS',
    `EAP-Identity=${outerIdentity}`,
    `EAP-TLS-CACert=embed:${embedded.roots}`,
    `EAP-TLS-ClientCert=embed:${embedded.certificate}`,
    `EAP-TLS-ClientKey=embed:${embedded.key}`,
    `EAP-TLS-ClientKeyPassphrase=${passphrase}`,
    // One of them, label by label: no mask has an asterisk.
    `EAP-TLS-ServerDomainMask=${serverNames.join(';')}`,
    '',
    `[@pem@${embedded.roots}]`,
    roots
      .map((root) => root.toString())
      .join('')
      .trimEnd(),
    `[@pem@${embedded.certificate}]`,
    pemOnly(signIn.certificates, 'CERTIFICATE'),
    `[@pem@${embedded.key}]`,
    pemOnly(signIn.key, 'ENCRYPTED PRIVATE KEY'),
    '',
  ].join('\n');
}

/** The kernel, which holds iwd's keys, reads no others from PKCS #8. */
export function refuseKeysOfOthers(certificate: Uint8Array): void {
  const { asymmetricKeyType } = new X509Certificate(certificate).publicKey;
  if (asymmetricKeyType === 'rsa') return;
  throw rsaOnly();
}

export const rsaOnly = (): InstallError =>
  new InstallError(target, 'unsuitable', 'iwd signs in with RSA keys only');

/** RFC 7468, and nothing beside it. */
function pemOnly(text: string, label: 'CERTIFICATE' | 'ENCRYPTED PRIVATE KEY'): string {
  const block = `-----BEGIN ${label}-----\\n(?:[A-Za-z0-9+/=]{1,64}\\n)+-----END ${label}-----\\n`;
  if (new RegExp(`^(?:${block})+$`).test(text)) return text.trimEnd();
  throw new InstallError(target, 'refused', 'a part of the profile is no PEM');
}
