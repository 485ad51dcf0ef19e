import type { Identifier } from '../../shared/failure.ts';
import { object, text, type Reader } from './shape.ts';

export type { Identifier } from '../../shared/failure.ts';

/** RFC 8555 §9.7.7; types are open, values are bounded only. */
export const identifier: Reader<Identifier> = object({
  type: text({ minimum: 1, maximum: 64 }),
  value: text({ maximum: 4096 }),
});

const key = ({ type, value }: Identifier): string =>
  JSON.stringify([type, type === 'dns' ? value.toLowerCase() : value]);

/** Whether both lists hold the same identifiers in any order (RFC 8555 §7.1.3 fixes none). */
export function sameIdentifiers(
  left: readonly Identifier[],
  right: readonly Identifier[],
): boolean {
  const rightKeys = new Set(right.map(key));
  const leftKeys = new Set(left.map(key));
  return leftKeys.size === rightKeys.size && [...leftKeys].every((each) => rightKeys.has(each));
}

// RFC 5280 §7.2: international names come as A-labels.
const visibleAscii = /^[\x21-\x7e]*$/;

/** RFC 8555 §7.1.4: whether it is written as it would be in a certificate. */
export const isWrittenForCertificates = ({ type, value }: Identifier): boolean =>
  type !== 'dns' || visibleAscii.test(value);

/** RFC 8555 §7.1.3: a DNS name whose leftmost label is a single asterisk. */
export const isWildcard = ({ type, value }: Identifier): boolean =>
  type === 'dns' && value.startsWith('*.');

const labelsOf = (name: string): readonly string[] => name.toLowerCase().split('.');

/** RFC 9444 §2: whether the name lies below the ancestor, label by label; no name is its own ancestor. */
export function isAncestorDomain(ancestor: string, name: string): boolean {
  const above = labelsOf(ancestor);
  const labels = labelsOf(name);
  if (above.includes('') || labels.includes('') || labels.length <= above.length) return false;
  return above.every((label, index) => label === labels[labels.length - above.length + index]);
}
