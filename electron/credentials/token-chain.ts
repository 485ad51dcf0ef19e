import { X509Certificate } from 'node:crypto';
import { isSelfSigned } from '../certificates/self-signed.ts';

const longestChain = 8;

/** The leaf with its issuers as far as they are among `others`, DER. */
export function chainAmong(leaf: Buffer, others: readonly Buffer[]): readonly Buffer[] {
  const known = others.flatMap((der) => parsed(der) ?? []);
  const chain = [leaf];
  let last = parsed(leaf);
  while (last !== undefined && chain.length < longestChain && !isSelfSigned(last)) {
    const subject: X509Certificate = last;
    const issuer = known.find((each) => isIssuer(each, subject));
    if (issuer === undefined) break;
    chain.push(issuer.raw);
    last = issuer;
  }
  return chain;
}

/** Whoever has to know a root knows it (RFC 8446 §4.4.2). A leaf that is self-signed stays. */
export function withoutRoot(chain: readonly Buffer[]): readonly Buffer[] {
  return chain.filter((der, index) => {
    const certificate = index === 0 ? undefined : parsed(der);
    return certificate === undefined || !isSelfSigned(certificate);
  });
}

function isIssuer(issuer: X509Certificate, subject: X509Certificate): boolean {
  if (issuer.subject !== subject.issuer || issuer.raw.equals(subject.raw)) return false;
  try {
    return subject.verify(issuer.publicKey);
  } catch (error) {
    // A kind of key or signature that OpenSSL does not know shows nothing.
    if (error instanceof Error) return false;
    throw error;
  }
}

function parsed(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
