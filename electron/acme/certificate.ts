import { X509Certificate } from 'node:crypto';
import { AcmeProtocolError } from './protocol-error.ts';

/** An issued certificate as the server hands it out (RFC 8555 §7.4.2). */
export interface CertificateChain {
  /** Where this chain was found: the order's certificate URL or one of its alternates. */
  readonly url: string;
  /** PEM, the certificate first, each next one having issued the one before. */
  readonly chain: readonly string[];
  /** Where the other chains of the same certificate are (`Link rel="alternate"`). */
  readonly alternates: readonly string[];
}

export interface DownloadOptions {
  /** PEM: among the chains that the server offers, the one that ends there is taken; the default chain when none does. */
  readonly preferredRoot?: string;
}

const block = /-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END CERTIFICATE-----/g;
const longestChain = 16;

/** RFC 8555 §9.1: certificates and nothing else; each must be DER that can be read. */
export function parsePemChain(text: string, url: string): readonly string[] {
  const blocks = text.match(block) ?? [];
  const rest = text.replaceAll(block, '').trim();
  if (blocks.length === 0 || blocks.length > longestChain || rest !== '') {
    throw new AcmeProtocolError('certificate-malformed', 'reading the certificate chain', { url });
  }
  return blocks.map((pem) => normalize(pem, url));
}

function normalize(pem: string, url: string): string {
  try {
    return new X509Certificate(pem).toString();
  } catch (cause) {
    const details = { url, cause };
    throw new AcmeProtocolError('certificate-malformed', 'reading the certificate chain', details);
  }
}

/** Whether the chain ends in that root, or in a certificate which that root has signed. */
export function endsIn(chain: readonly string[], rootPem: string): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  const certificate = new X509Certificate(last);
  const root = new X509Certificate(rootPem);
  if (certificate.fingerprint256 === root.fingerprint256) return true;
  return certificate.checkIssued(root) && certificate.verify(root.publicKey);
}
