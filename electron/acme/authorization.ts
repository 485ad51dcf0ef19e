import { readChallenge, type Challenge } from './challenge.ts';
import { identifier, type Identifier } from './identifier.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { flag, list, mapped, missing, object, oneOf, optional, resourceUrl } from './shape.ts';
import { timestamp } from './timestamp.ts';

const isTrue = mapped(optional(flag), (value) => value ?? false);

const authorizationObject = object({
  status: oneOf(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier,
  expires: optional(timestamp),
  challenges: list(readChallenge, { maximum: 256 }),
  wildcard: isTrue,
  subdomainAuthAllowed: isTrue,
  // Not lenient: taken for nothing, an authorization that waits for other people would be one that nobody can prove.
  approval: missing(resourceUrl),
});

/** One answer about an authorization (RFC 8555 §7.1.4): any one valid challenge makes it valid. */
export interface Authorization {
  readonly url: string;
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  readonly identifier: Identifier;
  readonly expires: Date | undefined;
  readonly challenges: readonly Challenge[];
  readonly wildcard: boolean;
  /** RFC 9444 §4.1: it serves for the names below the identifier, too. */
  readonly subdomainAuthAllowed: boolean;
  /** The request that other people decide (docs/approvals.md): URL. */
  readonly approval: string | undefined;
  readonly retryAfter: Date | undefined;
}

export function parseAuthorization(json: unknown, url: string, retryAfter?: Date): Authorization {
  const read = AcmeProtocolError.guard(() => authorizationObject(json, ''), {
    reason: 'authorization-malformed',
    doing: 'reading the authorization',
    url,
    location: url,
  });
  return { url, ...read, retryAfter };
}

/**
 * Nothing more happens to the authorization by waiting: it is decided, or the last response was wrong
 * and the server waits for another one (RFC 8555 §8.2).
 */
export function isAuthorizationSettled({ status, challenges }: Authorization): boolean {
  if (status !== 'pending') return true;
  return (
    challenges.some(({ status, error }) => status === 'pending' && error !== undefined) &&
    !challenges.some(({ status }) => status === 'processing')
  );
}
