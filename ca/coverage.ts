import { baseDomain, isWildcard } from './identifiers.ts';
import type { Identifier } from './problems.ts';
import type { Authorization } from './state/authorizations.ts';

/**
 * The names above a name, nearest first (RFC 9444 §2: whole labels, never the name itself), without those of
 * one label: nobody proves control of all names below a top-level domain.
 */
export function ancestorsOf(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.slice(2).map((_, index) => labels.slice(index + 1).join('.'));
}

type Scope = Pick<Authorization, 'identifier' | 'wildcard' | 'subdomains'>;

/** Whether an authorization, once valid, is one for an identifier of an order. */
export function covers(authorization: Scope, { type, value }: Identifier): boolean {
  const { identifier, wildcard, subdomains } = authorization;
  if (identifier.type !== type) return false;
  if (type !== 'dns') return identifier.value === value;
  if (isWildcard(value)) return wildcard && identifier.value === baseDomain(value);
  // RFC 8555 §7.1.4: an authorization for a wildcard is not one for the name without the asterisk.
  if (identifier.value === value) return !wildcard;
  return subdomains && ancestorsOf(value).includes(identifier.value);
}
