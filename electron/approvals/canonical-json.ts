import { createHash } from 'node:crypto';

/** JSON has no canonical form: a lone surrogate, a number that is none, or what is no JSON. */
export class CanonicalJsonError extends Error {
  readonly code = 'canonical-json';

  constructor(what: string) {
    super(`JSON without a canonical form: ${what}`);
    this.name = 'CanonicalJsonError';
  }
}

/** JCS (RFC 8785) of a value that JSON can hold. Throws `CanonicalJsonError`. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalText(value);
    case 'boolean':
      return String(value);
    case 'number':
      // RFC 8785 §3.2.2.3: as ECMAScript writes numbers.
      if (Number.isFinite(value)) return JSON.stringify(value);
      throw new CanonicalJsonError('a number');
    case 'object':
      return value === null ? 'null' : canonicalStructure(value);
    default:
      throw new CanonicalJsonError(typeof value);
  }
}

function canonicalStructure(value: object): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each)).join(',')}]`;
  // RFC 8785 §3.2.3: by UTF-16 code units, which is how JavaScript orders strings.
  const names = Object.keys(value).sort();
  const members = new Map(Object.entries(value));
  const written = names.map((name) => `${canonicalText(name)}:${canonicalJson(members.get(name))}`);
  return `{${written.join(',')}}`;
}

/** RFC 8785 §3.2.2.2: ECMAScript escapes what has to be and nothing else, once the text is well-formed. */
function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new CanonicalJsonError('a lone surrogate');
  return JSON.stringify(text);
}

/** base64url(SHA-256(JCS(value))). */
export const canonicalDigest = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value), 'utf8').digest('base64url');
