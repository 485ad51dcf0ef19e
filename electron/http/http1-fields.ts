import type { HttpHeaders } from './http-client.ts';
import { malformed, tooLarge } from './response-fault.ts';

// RFC 9110 §5.6.2.
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// RFC 9110 §5.5: visible characters, spaces, tabs, and octets above ASCII, which are opaque.
const impossible = /[^\t\x20-\x7e\x80-\xff]/;
const mostFields = 512;

export const isFieldName = (name: string): boolean => token.test(name);

export const isFieldValue = (value: string): boolean => !impossible.test(value);

/** The fields of a message (RFC 9112 §5), by lower-case name; octets above ASCII as Latin-1. Throws `ResponseFault`. */
export class Http1Fields implements HttpHeaders {
  readonly #values = new Map<string, string>();
  #count = 0;

  /** A field line without its end. One that begins with a space, to go on with the line before it, has no name (§5.2). */
  add(line: string): void {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = withoutSpaces(line, colon + 1);
    if (!isFieldName(name) || !isFieldValue(value)) throw malformed('a field');
    this.#count += 1;
    if (this.#count > mostFields) throw tooLarge('the fields');
    const key = name.toLowerCase();
    const before = this.#values.get(key);
    this.#values.set(key, before === undefined ? value : `${before}, ${value}`);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }
}

/** The rest of the line without spaces and tabs around it (RFC 9110 §5.6.3); `trim` takes more than those away. */
function withoutSpaces(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isSpace(line.charCodeAt(start))) start += 1;
  while (end > start && isSpace(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/** The members of a list of tokens, in lower case (RFC 9110 §5.6.1). */
export const tokensOf = (list: string | null): readonly string[] =>
  list?.split(',').map((member) => withoutSpaces(member, 0).toLowerCase()) ?? [];
