import { addressOctets } from '../certificates/ip-address.ts';
import type { Authorization } from './authorization.ts';
import { isAncestorDomain, type Identifier } from './identifier.ts';
import type { OrderIdentifier } from './order.ts';
import { AcmeProtocolError } from './protocol-error.ts';

type Proven = Pick<Authorization, 'identifier' | 'wildcard' | 'subdomainAuthAllowed'>;

/**
 * Whether proving it is worth anything for the names that were ordered: a name itself, the name below which `*.` was
 * ordered (RFC 8555 §7.1.4), or an ancestor up to the one that was offered (RFC 9444 §4.3).
 */
export const isOrdered = (proven: Proven, ordered: readonly OrderIdentifier[]): boolean =>
  ordered.some((each) => serves(proven, each));

function serves(
  { identifier, wildcard, subdomainAuthAllowed }: Proven,
  { type, value, ancestorDomain }: OrderIdentifier,
): boolean {
  if (identifier.type !== type) return false;
  if (type !== 'dns') return !wildcard && isSame(identifier, { type, value });
  const proven = identifier.value.toLowerCase();
  const name = value.toLowerCase();
  if (proven === name.replace(/^\*\./, '') && (!wildcard || name.startsWith('*.'))) return true;
  // RFC 9444 §4.1: without `subdomainAuthAllowed` it is for the ancestor alone, which was not ordered; with it, `wildcard`
  // asks for no more, and a server that would issue such names SHOULD say it.
  if (!subdomainAuthAllowed || ancestorDomain === undefined) return false;
  return isWithin(proven, name, ancestorDomain.toLowerCase());
}

/** RFC 9444 §4.3: the server chooses "any ancestor domain of the identifier up to and including" the one that was sent. */
const isWithin = (proven: string, name: string, highest: string): boolean =>
  isAncestorDomain(proven, name) && (proven === highest || isAncestorDomain(highest, proven));

function isSame({ type, value }: Identifier, other: Identifier): boolean {
  if (type !== 'ip') return value === other.value;
  const octets = addressOctets(value);
  const others = addressOctets(other.value);
  return octets !== undefined && others !== undefined && octets.equals(others);
}

/** Nothing is published for a name that was not ordered, whatever the CA asks for. Throws `AcmeProtocolError` `not-ordered`. */
export function checkOrdered(
  authorization: Authorization,
  ordered: readonly OrderIdentifier[],
): void {
  if (isOrdered(authorization, ordered)) return;
  const { url } = authorization;
  throw new AcmeProtocolError('not-ordered', 'proving an identifier', { url });
}
