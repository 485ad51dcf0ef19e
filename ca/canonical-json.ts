import { createHash } from 'node:crypto';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/** What has no canonical form. */
export class CanonicalJsonError extends Error {
  readonly code = 'notCanonical';
}

/** The JSON Canonicalization Scheme (RFC 8785). Throws CanonicalJsonError for lone surrogates and for what is no number. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new CanonicalJsonError('JSON has finite numbers only');
  }
  // RFC 8785 §3.2.2: what ECMAScript makes of numbers is the canonical form.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join()}]`;
  // RFC 8785 §3.2.3: by UTF-16 code units, which is how ECMAScript compares.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${quoted(name)}:${canonicalJson(member)}`).join()}}`;
}

/** base64url(SHA-256(JCS(value))). */
export function canonicalDigest(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}

function quoted(text: string): string {
  // RFC 8785 §3.2.2.2.
  if (!text.isWellFormed()) throw new CanonicalJsonError('a text has half a character');
  return JSON.stringify(text);
}

// Array.isArray does not narrow readonly arrays.
function isList(value: readonly Json[] | object): value is readonly Json[] {
  return Array.isArray(value);
}
