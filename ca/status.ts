import type { Account } from './state/accounts.ts';
import type { Authorization, Challenge } from './state/authorizations.ts';
import type { Order } from './state/orders.ts';

/** RFC 8555 §7.1.6: every status is worked out from facts, each time it is asked for. */
export type ChallengeStatus = 'pending' | 'processing' | 'valid' | 'invalid';
export type AuthorizationStatus = 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired';
export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';

export function challengeStatus(challenge: Challenge): ChallengeStatus {
  if (challenge.validatedAt !== undefined) return 'valid';
  if (challenge.failedAt !== undefined) return 'invalid';
  return challenge.respondedAt === undefined ? 'pending' : 'processing';
}

export function authorizationStatus(authorization: Authorization, now: Date): AuthorizationStatus {
  if (authorization.deactivatedAt !== undefined) return 'deactivated';
  const { grantedAt, challenges } = authorization;
  const proven = grantedAt !== undefined || challenges.some((one) => one.validatedAt !== undefined);
  if (!proven && challenges.some((one) => one.failedAt !== undefined)) return 'invalid';
  if (authorization.expiresAt <= now) return 'expired';
  return proven ? 'valid' : 'pending';
}

export type OrderFacts = {
  readonly order: Order;
  readonly authorizations: readonly Authorization[];
  readonly account: Pick<Account, 'deactivatedAt'>;
};

export function orderStatus(
  { order, authorizations, account }: OrderFacts,
  now: Date,
): OrderStatus {
  if (order.certificateId !== undefined) return 'valid';
  if (order.error !== undefined || account.deactivatedAt !== undefined) return 'invalid';
  // Only an order that nobody has finalized expires: this one will still be decided, and "invalid" is for good.
  if (order.request !== undefined) return 'processing';
  if (order.expiresAt <= now) return 'invalid';
  const statuses = authorizations.map((authorization) => authorizationStatus(authorization, now));
  if (statuses.every((status) => status === 'valid')) return 'ready';
  return statuses.every((status) => status === 'valid' || status === 'pending')
    ? 'pending'
    : 'invalid';
}
