import { X509Certificate } from 'node:crypto';
import { sha256Hex, signerFingerprint } from './fingerprint.ts';
import { ProfileError } from './errors.ts';
import type { SignerFingerprint } from '../../shared/models/organization.ts';

/** The certificates of a profile's `x5c` (RFC 7515 §4.1.6), the signer's first. */
export type SignerChain = readonly [X509Certificate, ...X509Certificate[]];

/** Reads an `x5c` header; throws `ProfileError` when one of its certificates is none. */
export function readSignerChain(x5c: readonly string[]): SignerChain {
  const [signer, ...issuers] = x5c.map(readCertificate);
  if (signer === undefined) throw invalid('its signer shows no certificate');
  return [signer, ...issuers];
}

/** The form in which people compare who signed. */
export function fingerprintOfSigner([signer]: SignerChain): SignerFingerprint {
  return signerFingerprint(signer.raw);
}

/** Throws `ProfileError` unless each certificate is valid now and issued by the one after it. */
export function checkSignerChain(chain: SignerChain, now: Date): void {
  for (const [position, certificate] of chain.entries()) {
    checkValidity(certificate, now);
    const issuer = chain[position + 1];
    if (issuer !== undefined && !isIssuedBy(certificate, issuer)) {
      throw invalid('the certificates of its signer are no chain');
    }
  }
  const fingerprints = chain.map((certificate) => sha256Hex(certificate.raw));
  if (new Set(fingerprints).size !== chain.length) {
    throw invalid('the chain of its signer shows a certificate twice');
  }
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw invalid('a certificate of its signer cannot be read', error);
  }
}

function checkValidity(certificate: X509Certificate, now: Date): void {
  if (now < certificate.validFromDate) {
    throw new ProfileError('not-yet-valid', "the certificate of the profile's signer is too new");
  }
  if (now > certificate.validToDate) {
    throw new ProfileError('expired', "the certificate of the profile's signer has expired");
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function invalid(why: string, cause?: unknown): ProfileError {
  return new ProfileError('signature-invalid', `the profile is refused: ${why}`, { cause });
}
