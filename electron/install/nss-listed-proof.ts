import { X509Certificate } from 'node:crypto';
import { InstallError } from './install-target.ts';
import { holds } from './nss-credential.ts';
import { nssKeyId } from './key-id.ts';
import type { NssDatabase } from './nss-database.ts';
import type { NssTools } from './nss-tools.ts';
import { trustingDatabase } from './nss-trust.ts';

/** Whether the database lists the certificate, and a key for it. */
export async function proveListed(
  database: NssDatabase,
  certificate: X509Certificate,
): Promise<void> {
  if (!(await database.exists())) throw notListed(database.directory);
  // First of all, for a database with a password says so when it is asked for keys.
  const keyIds = await database.keyIds();
  if (!(await holds(database, certificate))) throw notListed(database.directory);
  if (keyIds.includes(nssKeyId(certificate).toString('hex'))) return;
  throw new InstallError('nss', 'proof-failed', database.directory, { link: 'key' });
}

export const notListed = (where: string): InstallError =>
  new InstallError('nss', 'proof-failed', where, { link: 'not-listed' });

export interface ChainProof {
  readonly tools: NssTools;
  readonly database: NssDatabase;
  readonly certificate: X509Certificate;
  /** DER; with none there is nothing to be said. */
  readonly anchors: readonly Uint8Array[];
  readonly now: Date;
}

/**
 * Whether NSS gets from the certificate to one of the anchors by what is in the person's database. Servers build the
 * chain of what they are shown, and browsers offer only what leads to a CA that the server names.
 */
export async function proveChain(proof: ChainProof): Promise<void> {
  const { tools, database, certificate, anchors, now } = proof;
  const usage = usageOf(certificate);
  if (usage === null || anchors.length === 0) return;
  const trust = await trustingDatabase({ tools, database, roots: anchors });
  // Its own copy there: one on a token is in no database.
  await trust.addCertificate('leaf', certificate, ',,');
  const where = ['-d', `sql:${trust.directory}`, '-f', trust.pinFile];
  const words = ['-V', '-n', 'leaf', '-u', usage, '-e', ...where];
  const { exitCode, stdout, stderr } = await tools.try('certutil', words);
  if (exitCode === 0) return;
  const said = `${stdout.toString('utf8')}\n${stderr}`.trim().split('\n').at(-1) ?? '';
  const link = certificate.validToDate < now ? 'expired' : 'chain';
  throw new InstallError('nss', 'proof-failed', said.replace(/^certutil: /, ''), { link });
}

/** id-kp-clientAuth, RFC 5280 §4.2.1.12. */
export const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const emailProtection = '1.3.6.1.5.5.7.3.4';

/** Extended key usages (RFC 5280 §4.2.1.12), under the name that Node has for them; without them it is for everything. */
export function purposesOf({ keyUsage }: X509Certificate): readonly string[] | undefined {
  return keyUsage;
}

/** In certutil's letters; `null`: NSS 3.87 builds no chain for what the certificate is for. */
function usageOf(certificate: X509Certificate): 'C' | 'S' | null {
  const purposes = purposesOf(certificate);
  if (!purposes || purposes.includes(clientAuthentication)) return 'C';
  return purposes.includes(emailProtection) ? 'S' : null;
}
