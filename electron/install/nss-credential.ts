import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import { InstallError, type InstallableCredential } from './install-target.ts';
import { certificateUri, nssKeyId } from './key-id.ts';
import type { NssDatabase } from './nss-database.ts';

/** Key and certificate; one without the other does not count. */
export async function isInstalled(database: NssDatabase, leaf: X509Certificate): Promise<boolean> {
  if (!(await database.exists())) return false;
  const keyId = nssKeyId(leaf);
  if (!(await holds(database, leaf))) return false;
  return (await database.keyIds()).includes(keyId.toString('hex'));
}

/** Whether this very certificate is there, with or without its key. */
export async function holds(database: NssDatabase, certificate: X509Certificate): Promise<boolean> {
  const present = await database.certificates(certificateUri(nssKeyId(certificate)));
  return present.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256);
}

/** The key leaves the wallet in a PKCS #12 under a passphrase that is used this once, and never on a disk. */
export async function importCredential(
  database: NssDatabase,
  { credentialId, certificate, exportPkcs8 }: InstallableCredential,
): Promise<void> {
  if (!exportPkcs8) throw new InstallError('nss', 'not-exportable', 'the key stays in its place');
  const passphrase = randomBytes(32).toString('base64url');
  const leaf = new X509Certificate(certificate);
  const privateKeyPkcs8 = await exportPkcs8();
  try {
    // NSS would file any key under the id of the certificate that it came with.
    if (!fits(leaf, privateKeyPkcs8)) {
      throw new InstallError('nss', 'refused', 'the key is not that of the certificate');
    }
    const pkcs12 = await createPkcs12({
      privateKeyPkcs8,
      certificate: leaf.toString(),
      chain: [],
      friendlyName: `Countersign ${credentialId}`,
      passphrase,
      passphraseKind: 'random',
    });
    const file = join(database.workspace, 'credential.p12');
    await writeFile(file, pkcs12, { mode: 0o600 });
    await database.importPkcs12(file, passphrase);
  } finally {
    privateKeyPkcs8.fill(0);
  }
}

export async function removeCredential(
  database: NssDatabase,
  leaf: X509Certificate,
): Promise<void> {
  const keyId = nssKeyId(leaf);
  const name = certificateUri(keyId);
  if (await holds(database, leaf)) await database.removeCertificate(name);
  // Another certificate for the same key keeps the key.
  if ((await database.certificates(name)).length > 0) return;
  if ((await database.keyIds()).includes(keyId.toString('hex'))) await database.removeKey(keyId);
}

function fits(leaf: X509Certificate, pkcs8: Uint8Array): boolean {
  const key = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length);
  return leaf.checkPrivateKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
}
