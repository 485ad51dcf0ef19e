import type { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProofLink } from '../../shared/failure.ts';
import { InstallError, type Probe } from './install-target.ts';
import { certificateUri, nssKeyId } from './key-id.ts';
import type { NssDatabase } from './nss-database.ts';
import { nssCodeIn, type NssTools } from './nss-tools.ts';
import { clientAuthentication, purposesOf } from './nss-listed-proof.ts';
import { trustingDatabase } from './nss-trust.ts';
import { ToolError, type ToolResult } from './run-tool.ts';

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
  const trust = await trustingDatabase({ tools, database, roots: probe.roots });
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
  let result = await attempt(tools, parameters);
  // It tries only one address of a name, and prefers IPv6.
  if (couldNotConnect(result)) result = await attempt(tools, [...parameters, '-4']);
  judge(result, certificate);
}

/** It waits for ever for a server that says nothing. */
async function attempt(tools: NssTools, parameters: readonly string[]): Promise<ToolResult> {
  try {
    return await tools.try('tstclnt', parameters);
  } catch (error) {
    if (!(error instanceof ToolError) || error.reason !== 'timeout') throw error;
    throw new InstallError('nss', 'proof-failed', 'no answer', {
      link: 'unreachable',
      cause: error,
    });
  }
}

function judge({ stdout, stderr }: ToolResult, certificate: X509Certificate): void {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(stdout.toString('latin1'))?.[1];
  if (status === undefined) {
    const reason = reasonIn(stderr);
    throw broken(linkOf(reason, certificate), reason ?? 'no HTTP response');
  }
  if (!stderr.includes('Server requested Client Authentication')) {
    throw broken('refused', 'no certificate was asked for');
  }
  if (!status.startsWith('2')) throw broken('refused', `HTTP ${status}`);
}

const broken = (link: ProofLink, detail: string): InstallError =>
  new InstallError('nss', 'proof-failed', detail, { link });

/** NSS's own names (sslerr.h, secerrt.h): those with ALERT are what the server says of the certificate, SEC_ERROR_… what NSS says of the server's. */
const links: Readonly<Record<string, ProofLink>> = {
  SSL_ERROR_REVOKED_CERT_ALERT: 'revoked',
  SSL_ERROR_EXPIRED_CERT_ALERT: 'expired',
  SSL_ERROR_UNSUPPORTED_CERT_ALERT: 'purpose',
  SSL_ERROR_UNKNOWN_CA_ALERT: 'wrong-ca',
  // RFC 8446 §6.2: what the key signed does not verify.
  SSL_ERROR_DECRYPT_ERROR_ALERT: 'key',
  SSL_ERROR_SIGN_HASHES_FAILURE: 'key',
  SSL_ERROR_BAD_CERT_DOMAIN: 'name-mismatch',
  PR_DIRECTORY_LOOKUP_ERROR: 'unreachable',
};

function linkOf(reason: string | null, certificate: X509Certificate): ProofLink {
  if (reason === null) return 'refused';
  // RFC 8446 §6.2: none was shown, for NSS keeps to itself what is for something else.
  const isForVisits = purposesOf(certificate)?.includes(clientAuthentication) ?? true;
  if (reason === 'SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT' && !isForVisits) return 'purpose';
  if (unreachable.has(reason)) return 'unreachable';
  return links[reason] ?? (reason.startsWith('SEC_ERROR_') ? 'server-ca' : 'refused');
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
