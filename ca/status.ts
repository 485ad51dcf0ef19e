import type { Account } from './state/accounts.ts';
import type { Authorization, Challenge } from './state/authorizations.ts';
import type { ApprovalRequest } from './state/approvals.ts';
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
  const { grantedAt, challenges, approval } = authorization;
  if (approval?.part === 'awaits' && approval.request.document.kind === 'order') {
    return awaitedStatus(authorization, approval.request, now);
  }
  const proven = grantedAt !== undefined || challenges.some((one) => one.validatedAt !== undefined);
  if (!proven && challenges.some((one) => one.failedAt !== undefined)) return 'invalid';
  if (authorization.expiresAt <= now) return 'expired';
  return proven ? 'valid' : 'pending';
}

/** docs/approvals.md §5. */
export type ApprovalStatus =
  'pending' | 'approved' | 'declined' | 'expired' | 'withdrawn' | 'spent';

export function approvalStatus(request: ApprovalRequest, now: Date): ApprovalStatus {
  const { withdrawn, declinedAt, grantedAt, expiresAt, document, uses } = request;
  if (withdrawn !== undefined) return 'withdrawn';
  if (declinedAt !== undefined) return 'declined';
  if (grantedAt === undefined) return expiresAt <= now ? 'expired' : 'pending';
  if (document.kind === 'order') return 'approved';
  if (uses >= document.count) return 'spent';
  return new Date(document.until) <= now ? 'expired' : 'approved';
}

/** docs/approvals.md §3: nothing but the request decides. */
function awaitedStatus(
  { expiresAt }: Authorization,
  request: ApprovalRequest,
  now: Date,
): AuthorizationStatus {
  switch (approvalStatus(request, now)) {
    case 'approved':
    case 'spent':
      return expiresAt <= now ? 'expired' : 'valid';
    case 'declined':
      return 'invalid';
    case 'withdrawn':
      return 'deactivated';
    case 'expired':
      return 'expired';
    case 'pending':
      return 'pending';
  }
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
