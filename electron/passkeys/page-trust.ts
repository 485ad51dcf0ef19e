import { X509Certificate } from 'node:crypto';
import { pathToRoot } from '../certificates/chain.ts';
import { CertificateError } from '../certificates/certificate-error.ts';

/** A certificate as Electron shows it, with whoever issued it. */
export interface ShownCertificate {
  /** PEM. */
  readonly data: string;
  /** Of a self-signed one, nobody. */
  readonly issuerCert?: ShownCertificate | undefined;
}

export interface ShownServer {
  readonly hostname: string;
  readonly certificate: ShownCertificate;
}

/** RFC 5280 §4.2.1.12 id-kp-serverAuth. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const longestChain = 10;

/** Whether a server is this host by the word of these roots (PEM) alone, whatever the computer trusts. */
export function isVouchedFor(
  { hostname, certificate }: ShownServer,
  {
    host,
    roots,
    now,
  }: { readonly host: string; readonly roots: readonly string[]; readonly now: Date },
): boolean {
  if (hostname !== host) return false;
  try {
    const chain = chainOf(certificate).map((pem) => new X509Certificate(pem));
    const trusted = roots.map((pem) => new X509Certificate(pem));
    const [leaf] = pathToRoot(chain, { roots: trusted, now });
    const usages = leaf?.keyUsage as readonly string[] | undefined;
    return (
      leaf?.checkHost(host, { subject: 'never' }) !== undefined &&
      (usages?.includes(serverAuthentication) ?? true)
    );
  } catch (error) {
    if (error instanceof CertificateError || isUnreadable(error)) return false;
    throw error;
  }
}

function chainOf(first: ShownCertificate): readonly string[] {
  const chain: string[] = [];
  for (
    let each: ShownCertificate | undefined = first;
    each !== undefined && chain.length < longestChain;
    each = each.issuerCert
  ) {
    // Chromium names a self-signed certificate as its own issuer.
    if (chain.includes(each.data)) break;
    chain.push(each.data);
  }
  return chain;
}

// What node:crypto says of a PEM that is none.
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_');
