import type { ConfigurationText } from '../../shared/models/signing.ts';
import type { ConfigurationWish } from './configurations.ts';
import { quoted } from './one-line.ts';
import { hostName } from './placeholders.ts';
import { rsaAndNistKeys } from './signing-program.ts';
import { sshPublicKey } from './ssh-public-key.ts';

/** For ~/.ssh/config (ssh_config(5)). Only keys on tokens: any other would have to be copied. */
export function openSshConfiguration({
  credential: { token, keyType, publicKey },
}: ConfigurationWish): ConfigurationText | null {
  if (token === undefined || !rsaAndNistKeys.includes(keyType)) return null;
  const path = quoted(token.modulePath);
  // ssh(1) knows no escape for a quote.
  if (path === null || path.includes('\\')) return null;
  const lines = [
    `# Made by Countersign. Put the name of your server in the place of ${hostName}.`,
    '# This line goes to ~/.ssh/authorized_keys there:',
    `# ${sshPublicKey(publicKey)}`,
    `Host ${hostName}`,
    `    PKCS11Provider ${path}`,
    '',
  ];
  return { program: 'openssh', fileName: 'ssh-config.txt', text: lines.join('\n') };
}
