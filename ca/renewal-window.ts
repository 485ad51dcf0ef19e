import { X509Certificate } from 'node:crypto';
import type { RenewalRules } from './rules.ts';
import type { IssuedCertificate } from './state/certificates.ts';

export type RenewalWindow = { readonly start: Date; readonly end: Date };

const HOUR = 3_600_000;

/** When a certificate should be replaced (RFC 9773 §4.2); at once when it was revoked. */
export function renewalWindow(issued: IssuedCertificate, rules: RenewalRules): RenewalWindow {
  if (issued.revokedAt !== undefined) {
    return { start: new Date(issued.revokedAt.getTime() - HOUR), end: issued.revokedAt };
  }
  const from = new X509Certificate(issued.leaf).validFromDate.getTime();
  const life = issued.notAfter.getTime() - from;
  const at = (part: number): number => wholeSeconds(from + life * part);
  const start = at(rules.start);
  return { start: new Date(start), end: new Date(Math.max(at(rules.end), start + 1000)) };
}

function wholeSeconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
