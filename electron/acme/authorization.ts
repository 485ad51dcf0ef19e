import { z } from 'zod';
import { challengeSchema, toChallenge, type Challenge } from './challenge.ts';
import { identifierSchema, toIdentifier, type Identifier } from './identifier.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { timestampSchema } from './timestamp.ts';

const authorizationSchema = z.looseObject({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: identifierSchema,
  expires: timestampSchema.nullish(),
  challenges: z.array(challengeSchema).max(256),
  wildcard: z.boolean().nullish(),
});

/** One answer about an authorization (RFC 8555 §7.1.4): any one valid challenge makes it valid. */
export interface Authorization {
  readonly url: string;
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  readonly identifier: Identifier;
  readonly expires: Date | undefined;
  readonly challenges: readonly Challenge[];
  readonly wildcard: boolean;
  readonly retryAfter: Date | undefined;
}

export function parseAuthorization(json: unknown, url: string, retryAfter?: Date): Authorization {
  const parsed = authorizationSchema.safeParse(json);
  if (!parsed.success) {
    const details = { url, location: url, cause: parsed.error };
    throw new AcmeProtocolError('authorization-malformed', 'reading the authorization', details);
  }
  const { status, identifier, expires, challenges, wildcard } = parsed.data;
  return {
    url,
    status,
    identifier: toIdentifier(identifier),
    expires: expires ?? undefined,
    challenges: challenges.map((challenge) => toChallenge(challenge)),
    wildcard: wildcard ?? false,
    retryAfter,
  };
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
