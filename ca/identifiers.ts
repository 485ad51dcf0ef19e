import { domainToASCII, domainToUnicode } from 'node:url';
import type { Identifier, IdentifierProblem } from './problems.ts';
import { Problem } from './problems.ts';

export type IdentifierType = 'dns' | 'email' | 'permanent-identifier';

export type KnownIdentifier = { readonly type: IdentifierType; readonly value: string };

/** Takes a JSON value for an identifier object (RFC 8555 §7.1.4); its type and value may still be anything. */
export function readIdentifier(value: unknown): Identifier {
  if (typeof value === 'object' && value !== null && 'type' in value && 'value' in value) {
    const { type, value: name } = value;
    if (typeof type === 'string' && typeof name === 'string') return { type, value: name };
  }
  throw new Problem('malformed', 'An identifier must have a "type" and a "value", both text.');
}

export type CheckedIdentifier =
  | { readonly identifier: KnownIdentifier; readonly problem?: never }
  | { readonly identifier?: never; readonly problem: IdentifierProblem };

/** Brings an identifier into canonical form, or says why it is not one this CA can certify. */
export function checkIdentifier(identifier: Identifier): CheckedIdentifier {
  const { type, value } = identifier;
  switch (type) {
    case 'dns':
      return checkDnsName(value.toLowerCase(), identifier);
    case 'email':
      return checkEmail(value.toLowerCase(), identifier);
    case 'permanent-identifier':
      return checkPermanentIdentifier(value, identifier);
    default: {
      const detail = `Identifiers of type "${type.slice(0, 64)}" are not supported.`;
      return { problem: { code: 'unsupportedIdentifier', detail, identifier } };
    }
  }
}

/** What follows the `*.` of a wildcard, or the whole name (RFC 8555 §7.1.3). */
export function baseDomain(name: string): string {
  return name.startsWith('*.') ? name.slice(2) : name;
}

export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

/** Suffixes for which no validation could mean anything (RFC 6761, RFC 7686). */
const refusedSuffixes = ['invalid', 'onion', 'arpa'];

function checkDnsName(name: string, identifier: Identifier): CheckedIdentifier {
  const base = baseDomain(name);
  const fault = dnsNameFault(base);
  if (fault !== undefined) return malformed(fault, identifier);
  const suffix = base.split('.').at(-1) ?? '';
  const unsafe = refusedSuffixes.includes(suffix) || (isWildcard(name) && base === suffix);
  if (!unsafe) return { identifier: { type: 'dns', value: name } };
  const detail = `This CA does not issue for "${name}".`;
  return { problem: { code: 'rejectedIdentifier', detail, identifier } };
}

/** RFC 5280 §7.2 with RFC 1034 §3.5: letters, digits and hyphens; internationalised labels encoded. */
function dnsNameFault(name: string): string | undefined {
  const labels = name.split('.');
  if (name.length > 253) return 'The name is longer than 253 characters.';
  if (!labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))) {
    return 'The name has a label that is not made of letters, digits and inner hyphens.';
  }
  if (/^[0-9]+$/.test(labels.at(-1) ?? '')) return 'An address is no DNS name.';
  if (labels.some((label) => label.startsWith('xn--') && !isProperlyEncoded(label))) {
    return 'An internationalised label is not properly encoded.';
  }
  return undefined;
}

/** RFC 8555 §7.1.4. Node leaves a label that it cannot decode as it is. */
function isProperlyEncoded(label: string): boolean {
  const decoded = domainToUnicode(label);
  return decoded !== label && domainToASCII(decoded) === label;
}

/** RFC 8823 §3: a bare ASCII address. */
function checkEmail(address: string, identifier: Identifier): CheckedIdentifier {
  const [local = '', domain = '', ...rest] = address.split('@');
  const plain = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local);
  if (!plain || local.length > 64 || rest.length > 0 || dnsNameFault(domain) !== undefined) {
    return malformed('The address is no plain ASCII email address.', identifier);
  }
  return { identifier: { type: 'email', value: address } };
}

/** draft-ietf-acme-device-attest §3: `value` or `value/assigner`, compared octet by octet. */
function checkPermanentIdentifier(value: string, identifier: Identifier): CheckedIdentifier {
  const fits = /^[\x21-\x2e\x30-\x7e]{1,64}(\/[0-2](\.(0|[1-9]\d{0,8})){1,16})?$/.test(value);
  if (!fits) return malformed('The device identifier is not in the form of the draft.', identifier);
  return { identifier: { type: 'permanent-identifier', value } };
}

function malformed(detail: string, identifier: Identifier): CheckedIdentifier {
  return { problem: { code: 'malformed', detail, identifier } };
}
