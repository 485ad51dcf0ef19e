import type { ConfigurationText } from '../../shared/models/signing.ts';
import type { ConfigurationWish } from './configurations.ts';
import { quoted } from './one-line.ts';
import { serverName } from './placeholders.ts';
import type { SigningToken } from './signing-credential.ts';

/** For /etc/swanctl/conf.d (swanctl.conf(5)): IKEv2. The PIN is asked for by `swanctl --load-creds`. */
export function strongSwanConfiguration({
  credential: { token },
  keyFile,
}: ConfigurationWish): ConfigurationText | null {
  const key = token === undefined ? fromFile(keyFile) : fromToken(token);
  if (key === null) return null;
  const lines = [
    `# Made by Countersign. Put the name of your VPN server in the place of ${serverName}.`,
    '# The roots of your organisation go to /etc/swanctl/x509ca.',
    ...key.comments,
    'connections {',
    '    countersign {',
    '        version = 2',
    `        remote_addrs = ${serverName}`,
    '        vips = 0.0.0.0, ::',
    '        local {',
    '            auth = pubkey',
    ...key.certificate,
    '        }',
    '        remote {',
    '            auth = pubkey',
    `            id = ${serverName}`,
    '        }',
    '        children {',
    '            countersign {',
    '                remote_ts = 0.0.0.0/0, ::/0',
    '            }',
    '        }',
    '    }',
    '}',
    'secrets {',
    ...key.secret,
    '}',
    '',
  ];
  return { program: 'strongswan', fileName: 'countersign.conf', text: lines.join('\n') };
}

interface KeyLines {
  readonly comments: readonly string[];
  readonly certificate: readonly string[];
  readonly secret: readonly string[];
}

function fromFile(keyFile: string | undefined): KeyLines | null {
  const name = keyFile === undefined ? null : quoted(keyFile);
  if (name === null) return null;
  return {
    comments: ['# Save the credential with its key in /etc/swanctl/pkcs12 under this name.'],
    certificate: [],
    secret: ['    pkcs12-countersign {', `        file = ${name}`, '    }'],
  };
}

function fromToken({ modulePath, keyId, slot }: SigningToken): KeyLines | null {
  const path = quoted(modulePath);
  if (path === null) return null;
  const where = [`handle = ${keyId}`, ...(slot === undefined ? [] : [`slot = ${slot}`])];
  const token = [...where, 'module = countersign'];
  return {
    comments: [
      '# strongswan.conf needs this line, for the plugin pkcs11:',
      `#   charon.plugins.pkcs11.modules.countersign.path = ${path}`,
    ],
    certificate: [
      '            cert {',
      ...token.map((line) => `                ${line}`),
      '            }',
    ],
    secret: ['    token-countersign {', ...token.map((line) => `        ${line}`), '    }'],
  };
}
