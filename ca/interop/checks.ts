import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Ran } from './programs.ts';
import type { Workplace } from './workplace.ts';

/** What openssl says of a leaf and its chain as a server certificate for a name. */
export function verifyChain(
  { root }: Workplace,
  files: { readonly leaf: string; readonly chain: string },
  name: string,
): Promise<Ran> {
  const { leaf, chain } = files;
  return run('openssl', [
    'verify',
    ...['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', name],
    ...['-CAfile', root, '-untrusted', chain, leaf],
  ]);
}

/** What openssl says of a leaf once it has heard the CA's revocation list. */
export async function verifyWithRevocationList(
  { ca, folder, root }: Workplace,
  files: { readonly leaf: string; readonly chain: string },
): Promise<Ran> {
  const der = join(folder, 'crl.der');
  const pem = join(folder, 'crl.pem');
  await run('curl', ['-sf', '--cacert', root, '-o', der, ca.crlUrl]);
  await run('openssl', ['crl', '-inform', 'DER', '-in', der, '-out', pem]);
  const { leaf, chain } = files;
  return run('openssl', [
    'verify',
    ...['-crl_check', '-CRLfile', pem, '-CAfile', root, '-untrusted', chain, leaf],
  ]);
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates among everything that a program printed, leaf first. */
export function certificatesIn(output: string): string {
  return (output.match(pemCertificate) ?? []).join('\n');
}

/** Writes what is not PEM's first certificate into a file of its own. */
export function writeIssuers(bundle: string, path: string): string {
  const certificates = bundle.match(pemCertificate);
  writeFileSync(path, (certificates ?? []).slice(1).join('\n'));
  return path;
}
