import type { NetworkDescription } from '../../../shared/models/network.ts';
import { InstallError } from '../install-target.ts';
import { checkedNetwork } from './checked-network.ts';
import type { KeyByUri, KeyInFile, KeyMaterial, NetworkTargetId } from './key-files.ts';

/** What signs in to networks, with the passphrase that opens it where it is a file. */
export type SignInKey = (KeyInFile & { readonly passphrase: string }) | KeyByUri;

export interface SignIn extends Pick<KeyMaterial, 'certificateFile' | 'rootsFile'> {
  readonly key: SignInKey;
}

export interface SupplicantWish {
  readonly target: NetworkTargetId;
  readonly networks: readonly NetworkDescription[];
  readonly signIn: SignIn;
  /** Of the OpenSSL engine by which keys on tokens are reached (libp11); without, OpenSSL's own way there. */
  readonly engine?: string;
  /** What its first line says of it, in one line. */
  readonly mark: string;
}

/** A line of a network block: a setting's name, and its value as the file has it. */
export type SupplicantSetting = readonly [name: string, value: string];

/** The Wi-Fi networks (wpa_supplicant.conf(5)); `null`: there are none. Throws `InstallError`. */
export function wifiConfiguration(wish: SupplicantWish): string | null {
  const blocks = wish.networks.flatMap((network) => {
    const { ssids } = checkedNetwork(network, wish.target);
    return ssids.map((ssid) => [
      ['ssid', hex(ssid)] as const,
      // SHA-256 where the network has it (IEEE 802.11-2020 §9.4.2.24.3), with protected management frames.
      ['key_mgmt', 'WPA-EAP WPA-EAP-SHA256'] as const,
      ['ieee80211w', '1'] as const,
      ...signInSettings(network, wish.signIn, wish.target),
    ]);
  });
  return blocks.length === 0 ? null : configuration(wish, [], blocks);
}

/** Sockets in the wall: a file of its own, for which no radio looks for networks. `null`: there are none. Throws `InstallError`. */
export function wiredConfiguration(wish: SupplicantWish): string | null {
  const blocks = wish.networks
    .filter(({ wired }) => wired)
    .map((network) => [
      ['key_mgmt', 'IEEE8021X'] as const,
      ['eapol_flags', '0'] as const,
      ...signInSettings(network, wish.signIn, wish.target),
    ]);
  return blocks.length === 0 ? null : configuration(wish, [['ap_scan', '0']], blocks);
}

/** How a program signs in by EAP-TLS. Throws `InstallError`. */
export function signInSettings(
  network: NetworkDescription,
  { key, certificateFile, rootsFile }: SignIn,
  target: NetworkTargetId,
): readonly SupplicantSetting[] {
  const { serverNames, outerIdentity } = checkedNetwork(network, target);
  const text = (value: string): string => valueOf(value, target);
  return [
    ['eap', 'TLS'],
    ['identity', text(outerIdentity)],
    ['ca_cert', text(rootsFile(network))],
    // The server's certificate has to have one of them, all of it.
    ['domain_match', text(serverNames.join(';'))],
    // Of the token only the key: beside a certificate that is taken from there no issuers are sent.
    ['client_cert', text(certificateFile)],
    ...(key.kind === 'file'
      ? ([
          ['private_key', text(key.file)],
          ['private_key_passwd', text(key.passphrase)],
        ] as const)
      : ([
          ['engine', '1'],
          ['engine_id', '"pkcs11"'],
          ['key_id', text(key.privateKeyUri)],
        ] as const)),
  ];
}

/** The lines of one network. Throws `InstallError` for one that wpa_supplicant would cut in two. */
export function networkBlock(
  settings: readonly SupplicantSetting[],
  target: NetworkTargetId,
): string {
  const lines = settings.map(([name, value]) => line(`\t${name}=${value}`, target));
  return ['network={', ...lines, '}', ''].join('\n');
}

/** By what global settings keys on tokens are reached. */
export function moduleSettings(
  { key }: SignIn,
  engine: string | undefined,
): readonly (readonly [name: string, path: string])[] {
  if (key.kind === 'file' || engine === undefined) return [];
  return [
    ['pkcs11_engine_path', engine],
    ['pkcs11_module_path', key.modulePath],
  ];
}

function configuration(
  { target, mark, signIn, engine }: SupplicantWish,
  globals: readonly (readonly [string, string])[],
  blocks: readonly (readonly SupplicantSetting[])[],
): string {
  const modules = moduleSettings(signIn, engine);
  const lines = [
    `# ${mark}`,
    ...[...globals, ...modules].map(([name, value]) => globalSetting(name, value, target)),
  ];
  return `${lines.join('\n')}\n${blocks.map((block) => networkBlock(block, target)).join('')}`;
}

/** What stands there is read to the end of the line as it is, or to a `#`. */
export function globalSetting(name: string, value: string, target: NetworkTargetId): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
  if (!isPlain || /[#"]/.test(value)) throw refusal(target);
  return line(`${name}=${value}`, target);
}

// wpa_supplicant 2.10 reads lines into 2000 octets, and takes what is beyond for the next one.
const longestLine = 1900;

function line(text: string, target: NetworkTargetId): string {
  if (Buffer.byteLength(text) > longestLine) throw refusal(target);
  return text;
}

/** In quotes where nothing in it could be misread, else its octets in hexadecimal digits. */
function valueOf(value: string, target: NetworkTargetId): string {
  if (value === '' || value.includes('\0') || !value.isWellFormed()) throw refusal(target);
  return /^[\x20\x21\x23-\x7e]+$/.test(value) ? `"${value}"` : hex(value);
}

const hex = (value: string): string => Buffer.from(value).toString('hex');

const refusal = (target: NetworkTargetId): InstallError =>
  new InstallError(target, 'refused', 'a value cannot be written for wpa_supplicant');
