import type { X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError, type KnownCredential, type TokenKey } from './install-target.ts';
import { signsFor } from './key-signature.ts';
import { isSameLibrary, NssModules } from './nss-modules.ts';
import { certificatesIn, type NssTools } from './nss-tools.ts';
import { pkcs11Uri } from './pkcs11-uri.ts';

/** What looking at tokens by NSS takes. */
export interface NssTokens {
  /** With the environment by which modules find their tokens. */
  readonly tools: NssTools;
  /** The person's database. */
  readonly directory: string;
  readonly workspace: string;
}

/**
 * Has programs load the token's module, unless they see the token as it is, so that they find the certificate on it.
 * Repeating it changes nothing; failing leaves nothing behind. Throws what `checkModule` does, before the module is loaded.
 */
export async function registerModule(
  nss: NssTokens,
  key: TokenKey,
  leaf: X509Certificate,
): Promise<void> {
  const { token, modulePath, moduleName } = key;
  const modules = new NssModules(nss);
  await key.checkModule();
  const isNew = (await modules.showing(token)) === null;
  if (isNew) await modules.add(modulePath, moduleName);
  if (await seesOnToken(nss, key, leaf)) return;
  const isShown = (await modules.showing(token)) !== null;
  if (isNew) await modules.remove(modulePath);
  // What it is about is shown: nobody took out what was never written.
  if (isShown) throw new InstallError('nss', 'not-on-token', modulePath);
  throw new InstallError('nss', 'not-found', `the token is not seen by ${modulePath}`);
}

/** Undoes `registerModule` when none of `remaining` needs the module. */
export async function unregisterModule(
  nss: NssTokens,
  { modulePath }: TokenKey,
  remaining: readonly KnownCredential[],
): Promise<void> {
  for (const { token } of remaining) {
    if (token && (await isSameLibrary(token.modulePath, modulePath))) return;
  }
  await new NssModules(nss).remove(modulePath);
}

/** Whether programs that open the database find this very certificate on the token, without a PIN. */
export async function seesOnToken(
  nss: NssTokens,
  key: TokenKey,
  leaf: X509Certificate,
): Promise<boolean> {
  const module = await new NssModules(nss).showing(key.token);
  if (module === null) return false;
  const seen = await certificatesByModule(nss, module.library, key);
  return seen.some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256);
}

/**
 * In a database of their own, in which the module's certificates count as public. In the person's, NSS would log in
 * before it looks; and with a password file that is not empty, it would spend a try of the PIN on that.
 */
async function certificatesByModule(
  { tools, workspace }: NssTokens,
  library: string,
  key: TokenKey,
): Promise<readonly X509Certificate[]> {
  const directory = await mkdtemp(join(workspace, 'tokens-'));
  const database = `sql:${directory}`;
  await tools.run('certutil', ['-N', '--empty-password', '-d', database]);
  const friendly = ['-mechanisms', 'FRIENDLY', '-force', '-dbdir', database];
  await tools.run('modutil', ['-add', 'tokens', '-libfile', library, ...friendly]);
  const noPassword = join(directory, 'no-password');
  await writeFile(noPassword, '');
  const parameters = ['-L', '-n', pkcs11Uri(key, 'cert'), '-a', '-d', database, '-f', noPassword];
  // To find nothing is a failure to certutil.
  return certificatesIn((await tools.try('certutil', parameters)).stdout);
}

/** Has the key sign where it lies. */
export async function proveTokenSignature(key: TokenKey, leaf: X509Certificate): Promise<void> {
  if (await signsFor(leaf, key)) return;
  throw new InstallError('nss', 'proof-failed', 'the signature does not fit the certificate', {
    link: 'key',
  });
}
