import { normalizePem } from '../certificates/pem.ts';
import type { ChainChoice } from './chain-policy.ts';
import { AcmeProtocolError } from './protocol-error.ts';

/** An issued certificate as the server hands it out (RFC 8555 §7.4.2). */
export interface CertificateChain {
  /** Where this chain was found: the order's certificate URL or one of its alternates. */
  readonly url: string;
  /** PEM, the certificate first, each next one having issued the one before. */
  readonly chain: readonly string[];
  /** Where the other chains of the same certificate are (`Link rel="alternate"`). */
  readonly alternates: readonly string[];
  /** Whether it is the chain that was preferred, or the default in place of one that is not offered. */
  readonly choice: ChainChoice;
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
    return normalizePem(pem);
  } catch (cause) {
    const details = { url, cause };
    throw new AcmeProtocolError('certificate-malformed', 'reading the certificate chain', details);
  }
}
