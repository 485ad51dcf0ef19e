import type { ConfigurationText } from '../../shared/models/signing.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import type { ConfigurationWish } from './configurations.ts';
import { quoted } from './one-line.ts';
import { serverName } from './placeholders.ts';
import type { SigningToken } from './signing-credential.ts';

/** Octets; OpenVPN 2.6 refuses longer ones. */
const longestLine = 255;

/** For `openvpn --config` (openvpn(8)). */
export function openVpnConfiguration({
  credential: { token },
  roots,
  keyFile,
}: ConfigurationWish): ConfigurationText | null {
  const key = token === undefined ? fromFile(keyFile) : fromToken(token);
  if (key === null) return null;
  const lines = [
    `# Made by Countersign. Put the name of your VPN server in the place of ${serverName}.`,
    'client',
    'dev tun',
    'proto udp',
    `remote ${serverName} 1194`,
    // Both: a certificate of the same CA that is a person's, or another server's, is not enough.
    'remote-cert-tls server',
    `verify-x509-name ${serverName} name`,
    'nobind',
    ...key,
    ...(roots.length === 0
      ? []
      : ['<ca>', ...roots.flatMap((root) => root.trimEnd().split('\n')), '</ca>']),
    '',
  ];
  if (lines.some((line) => Buffer.byteLength(line) > longestLine)) return null;
  return { program: 'openvpn', fileName: 'countersign.ovpn', text: lines.join('\n') };
}

function fromFile(keyFile: string | undefined): readonly string[] | null {
  const name = keyFile === undefined ? null : quoted(keyFile);
  return name === null
    ? null
    : ['# Save the credential with its key under this name.', `pkcs12 ${name}`];
}

function fromToken({ reference, modulePath, keyId }: SigningToken): readonly string[] | null {
  const path = quoted(modulePath);
  if (path === null) return null;
  return [
    `pkcs11-providers ${path}`,
    `pkcs11-id '${serialized(reference, keyId)}'`,
    // Asks again when the server wants the key once more, and keeps nothing in memory.
    'auth-nocache',
  ];
}

/** pkcs11-helper's name for a certificate: what is written on the token, and its CKA_ID. */
function serialized({ manufacturer, model, serial, label }: TokenReference, keyId: string): string {
  return [...[manufacturer, model, serial, label].map(escaped), keyId.toUpperCase()].join('/');
}

const escaped = (text: string): string =>
  Array.from(Buffer.from(text), (octet) => {
    const character = String.fromCharCode(octet);
    return /[A-Za-z0-9_.-]/.test(character)
      ? character
      : `\\x${octet.toString(16).padStart(2, '0')}`;
  }).join('');
