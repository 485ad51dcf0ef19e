import { X509Certificate } from 'node:crypto';
import { appendFile, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { NssDatabase } from './nss-database.ts';
import type { NssTools } from './nss-tools.ts';

export interface TrustOptions {
  readonly tools: NssTools;
  /** The person's. */
  readonly database: NssDatabase;
  /** DER. */
  readonly roots: readonly Uint8Array[];
}

/**
 * A throw-away database that trusts these roots and reads the person's database through a second softoken.
 * So the roots are trusted for one look, and the person's database stays as it is.
 */
export async function trustingDatabase(options: TrustOptions): Promise<NssDatabase> {
  const { tools, database, roots } = options;
  const { workspace } = database;
  const directory = await mkdtemp(join(workspace, 'trust-'));
  const trust = await NssDatabase.open({ tools, directory, workspace });
  await trust.create();
  for (const [index, root] of roots.entries()) {
    await trust.addCertificate(`root ${index}`, new X509Certificate(root), 'CT,C,C');
  }
  await appendFile(join(directory, 'pkcs11.txt'), moduleFor(database.directory));
  return trust;
}

/** An entry of NSS's module database: a blank line, then one attribute per line. */
function moduleFor(directory: string): string {
  const quoted = `sql:${directory}`.replace(/['\\]/g, (character) => `\\${character}`);
  return [
    '',
    'library=libsoftokn3.so',
    'name=Person',
    `parameters=configdir='${quoted}' certPrefix='' keyPrefix='' flags=readOnly tokenDescription='Person'`,
    '',
  ].join('\n');
}
