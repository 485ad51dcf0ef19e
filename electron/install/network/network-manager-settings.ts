import { createHash } from 'node:crypto';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { InstallError } from '../install-target.ts';
import type { SignInKey } from './wpa-supplicant-conf.ts';

/** A connection as NetworkManager has it, made of a network's description and of what signs in there. */
export interface NetworkManagerConnection {
  readonly uuid: string;
  /** As the person reads it among the others. */
  readonly id: string;
  readonly medium: ConnectionMedium;
  /** Whose it is alone; `null`: everybody's on this computer. */
  readonly user: string | null;
  /** Of several for one network, that with the greatest is taken (nm-settings(5)). */
  readonly priority: number;
  readonly outerIdentity: string;
  readonly serverNames: readonly string[];
  readonly rootsFile: string;
  readonly certificateFile: string;
  readonly key: SignInKey;
}

export type ConnectionMedium =
  { readonly kind: 'wifi'; readonly ssid: string } | { readonly kind: 'ethernet' };

export type SettingValue = string | number | readonly string[];

/** nm-settings(5): settings of a connection by their names, each with its properties. */
export type ConnectionSettings = readonly (readonly [
  setting: string,
  properties: readonly (readonly [name: string, value: SettingValue])[],
])[];

/** What the connection is called of those that a network needs: one for each name in the air, one for the socket in the wall. */
export function connectionUuid(
  credentialId: string,
  network: NetworkDescription,
  medium: ConnectionMedium,
): string {
  const where = medium.kind === 'wifi' ? medium.ssid : '';
  return uuidOf(JSON.stringify([credentialId, network.id, medium.kind, where]));
}

/** All ways into a network. */
export const mediaOf = ({ ssids, wired }: NetworkDescription): readonly ConnectionMedium[] => [
  ...ssids.map((ssid) => ({ kind: 'wifi', ssid }) as const),
  ...(wired ? [{ kind: 'ethernet' } as const] : []),
];

/** NM_SETTING_SECRET_FLAG_AGENT_OWNED */
const agentOwned = 1;

/** Its settings but for the passphrase. Throws `InstallError` for a value that one of the ways into NetworkManager cannot carry. */
export function settingsOf(connection: NetworkManagerConnection): ConnectionSettings {
  const { id, uuid, medium, user, priority, key } = connection;
  check(connection);
  return [
    [
      'connection',
      [
        ['id', id],
        ['uuid', uuid],
        ['type', medium.kind],
        ...(user === null ? [] : [['permissions', [`user:${user}`]] as const]),
        ['autoconnect-priority', priority],
        // A socket without 802.1X is found out by waiting: once is enough, then another connection has its turn.
        ...(medium.kind === 'ethernet' ? [['auth-retries', 1] as const] : []),
      ],
    ],
    medium.kind === 'wifi' ? ['802-11-wireless', [['ssid', medium.ssid]]] : ['802-3-ethernet', []],
    ...(medium.kind === 'wifi'
      ? [['802-11-wireless-security', [['key-mgmt', 'wpa-eap']]] as const]
      : []),
    [
      '802-1x',
      [
        ['eap', ['tls']],
        ['identity', connection.outerIdentity],
        ['ca-cert', connection.rootsFile],
        // wpa_supplicant.conf(5): the server's certificate has to have one of them, all of it.
        ['domain-match', connection.serverNames.join(';')],
        // Of a token only the key: beside a certificate that is taken from there no issuers are sent.
        ['client-cert', connection.certificateFile],
        ['private-key', key.kind === 'file' ? key.file : key.privateKeyUri],
        // Asked of the person's session, and kept by nobody.
        ...(key.kind === 'token' ? [['private-key-password-flags', agentOwned] as const] : []),
      ],
    ],
    ['ipv4', [['method', 'auto']]],
    ['ipv6', [['method', 'auto']]],
  ];
}

const uri = /^pkcs11:[\x21-\x7e]{1,2000}$/;

function check(connection: NetworkManagerConnection): void {
  const { id, uuid, medium, user, priority, key, outerIdentity, serverNames } = connection;
  const { rootsFile, certificateFile } = connection;
  mustBe(isText(id, 200) && id !== '', 'the name of the connection');
  mustBe(uuidPattern.test(uuid), 'the UUID of the connection');
  if (medium.kind === 'wifi') {
    mustBe(isText(medium.ssid, 32) && medium.ssid !== '', 'the name of the network');
  }
  // nm-settings(5) has a colon after it, and a list of them.
  mustBe(user === null || /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/.test(user), 'the user’s name');
  mustBe(Number.isInteger(priority) && Math.abs(priority) <= 999, 'the priority');
  mustBe(/^(?:anonymous)?@[a-z0-9.-]{3,253}$/.test(outerIdentity), 'the outer identity');
  mustBe(serverNames.length > 0, 'no name of a server');
  for (const name of serverNames) {
    mustBe(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name), 'the name of a server');
  }
  const files = [rootsFile, certificateFile, ...(key.kind === 'file' ? [key.file] : [])];
  for (const file of files) mustBe(isPath(file), 'the path of the files');
  if (key.kind === 'file') {
    mustBe(/^[A-Za-z0-9_-]{16,256}$/.test(key.passphrase), 'the passphrase');
  } else {
    const { privateKeyUri } = key;
    mustBe(uri.test(privateKeyUri) && !privateKeyUri.includes('pin-'), 'the address of the key');
  }
}

function mustBe(condition: boolean, what: string): asserts condition {
  if (condition) return;
  throw new InstallError('network-manager', 'refused', `${what} cannot be told to NetworkManager`);
}

// NetworkManager's own files escape controls, but nobody is called so, and its tools show them raw.
const isText = (text: string, octets: number): boolean =>
  text.isWellFormed() && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= octets;

/**
 * Longer ones NetworkManager takes for the certificate itself. At white space its tools end the key's path, and its
 * library cuts what lies around a path away.
 */
const isPath = (path: string): boolean =>
  isText(path, 400) && /^\/[^\s"'\\;]+$/u.test(path) && !path.split('/').includes('..');

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Of all names that this program gives. */
const ownNamespace = Buffer.from('6b2d1c7e5f0a4d539a6e0c8e4b7f21d9', 'hex');

/** RFC 9562 §5.5, version 5: the same for the same name, everywhere. */
function uuidOf(name: string): string {
  const hash = createHash('sha1').update(ownNamespace).update(name).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}
