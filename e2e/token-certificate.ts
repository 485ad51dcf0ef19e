import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LeafDetails, TestAuthority } from '../electron/testing/test-authority.ts';
import type { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import type { VirtualPivCard } from '../electron/testing/tokens/virtual-piv-card.ts';

const run = promisify(execFile);
const clientAuth = '1.3.6.1.5.5.7.3.2';

export type Holder = Pick<LeafDetails, 'subject' | 'names'>;

interface Personalized {
  readonly hsm: SoftHsm;
  readonly authority: TestAuthority;
  readonly holder: Holder;
  /** For files on the way. */
  readonly folder: string;
}

/** A token with a key and a certificate, as somebody's card office hands it out; by tools that are not ours. Resolves to PEM. */
export async function personalize(options: Personalized): Promise<string> {
  const { hsm, authority, holder, folder } = options;
  const { label, pin } = hsm.token;
  const env = { ...process.env, ...hsm.env };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const pem = await authority.issue({ ...holder, spki, extendedKeyUsages: [clientAuth] });
  const [keyFile, certificateFile] = [join(folder, 'card-key.pem'), join(folder, 'card.der')];
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(certificateFile, new X509Certificate(pem).raw);
  const object = ['--label', 'card', '--id', '01'];
  const slot = ['--token', label, '--pin', pin];
  await run('softhsm2-util', ['--import', keyFile, ...slot, ...object], { env });
  const at = ['--module', hsm.modulePath, '--token-label', label, '--login', '--pin', pin];
  const written = ['--write-object', certificateFile, '--type', 'cert', ...object];
  await run('pkcs11-tool', [...at, ...written], { env });
  return pem;
}

/** Writes another certificate beside the card's key for logging in. Resolves to PEM. */
export async function personalizeCard(
  card: VirtualPivCard,
  authority: TestAuthority,
  holder: Holder,
): Promise<string> {
  const spki = createPublicKey(card.privateKey('9a')).export({ type: 'spki', format: 'der' });
  const pem = await authority.issue({ ...holder, spki, extendedKeyUsages: [clientAuth] });
  card.writeCertificate('9a', new X509Certificate(pem).raw);
  return pem;
}
