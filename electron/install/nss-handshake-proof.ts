import { X509Certificate } from 'node:crypto';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallError, type Probe } from './install-target.ts';
import { certificateUri, nssKeyId } from './key-id.ts';
import { NssDatabase } from './nss-database.ts';
import { nssCodeIn, type NssTools } from './nss-tools.ts';
import type { ToolResult } from './run-tool.ts';

export interface HandshakeOptions {
  readonly tools: NssTools;
  /** The person's database, which has the credential. */
  readonly database: NssDatabase;
  readonly certificate: X509Certificate;
  readonly probe: Probe;
}

/** Signs in to the probe by NSS's own TLS client with the credential in the person's database. */
export async function proveHandshake(options: HandshakeOptions): Promise<void> {
  const { tools, database, certificate, probe } = options;
  const trust = await trustingDatabase(options);
  const url = new URL(probe.url);
  const request = join(database.workspace, 'request');
  await writeFile(
    request,
    `GET ${url.pathname}${url.search} HTTP/1.0\r\nHost: ${url.host}\r\n\r\n`,
  );
  const parameters = [
    ...['-d', `sql:${trust.directory}`, '-n', certificateUri(nssKeyId(certificate))],
    ...['-h', url.hostname.replace(/^\[|\]$/g, ''), '-p', url.port || '443', '-A', request],
    // Synchronous and wordy: only then it says whether the server asked for a certificate.
    ...['-O', '-v', '-v'],
  ];
  let result = await tools.try('tstclnt', parameters);
  // It tries only one address of a name, and prefers IPv6.
  if (couldNotConnect(result)) result = await tools.try('tstclnt', [...parameters, '-4']);
  judge(result);
}

function judge({ stdout, stderr }: ToolResult): void {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(stdout.toString('latin1'))?.[1];
  if (status === undefined) {
    throw new InstallError('nss', 'proof-failed', reasonIn(stderr) ?? 'no HTTP response');
  }
  if (!stderr.includes('Server requested Client Authentication')) {
    throw new InstallError('nss', 'proof-failed', 'no certificate was asked for');
  }
  if (!status.startsWith('2')) throw new InstallError('nss', 'proof-failed', `HTTP ${status}`);
}

function couldNotConnect({ stdout, stderr }: ToolResult): boolean {
  return stdout.length === 0 && unreachable.has(reasonIn(stderr) ?? '');
}

/** Being wordy, it also tells of its own connect, which does not block. */
function reasonIn(stderr: string): string | null {
  return nssCodeIn(stderr.replaceAll('PR_IN_PROGRESS_ERROR', ''));
}

const unreachable = new Set([
  'PR_CONNECT_REFUSED_ERROR',
  'PR_CONNECT_TIMEOUT_ERROR',
  'PR_NETWORK_UNREACHABLE_ERROR',
  'PR_HOST_UNREACHABLE_ERROR',
  'PR_ADDRESS_NOT_AVAILABLE_ERROR',
]);

/**
 * A throw-away database that trusts the probe's roots and reads the person's database through a second softoken.
 * So the roots are trusted for this one connection, and the person's database stays as it is.
 */
async function trustingDatabase({
  tools,
  database,
  probe,
}: HandshakeOptions): Promise<NssDatabase> {
  const { workspace } = database;
  const directory = join(workspace, 'trust');
  await mkdir(directory);
  const trust = await NssDatabase.open({ tools, directory, workspace });
  await trust.create();
  for (const [index, root] of probe.roots.entries()) {
    await trust.addCertificate(`root ${index}`, new X509Certificate(root), 'C,,');
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
