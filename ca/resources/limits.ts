import type { Authority } from '../authority.ts';
import { MAXIMUM_OPEN_ORDERS, MAXIMUM_OPEN_PREAUTHORIZATIONS } from '../policy.ts';
import type { AccountRequest } from '../requests.ts';
import { rateLimited } from '../willingness.ts';

const HOUR = 3_600_000;
const aMinute = { seconds: 60, form: 'seconds' } as const;

/** RFC 8555 §6.6: how many orders an account may place, and have open. */
export function checkOrderLimits({ account }: AccountRequest, authority: Authority): void {
  const { state, clock, rules } = authority;
  const now = clock();
  if (state.orders.countOpen(account.id, now) >= MAXIMUM_OPEN_ORDERS) {
    throw rateLimited('The account has too many open orders.', aMinute, authority);
  }
  const limit = rules.newOrdersPerHour;
  if (limit === undefined) return;
  const placed = state.orders.timesSince(account.id, new Date(now.getTime() - HOUR));
  // There is room again once the oldest of the last so many is an hour old.
  const oldest = placed.at(-limit);
  if (oldest === undefined) return;
  const seconds = Math.max(1, Math.ceil((oldest.getTime() + HOUR - now.getTime()) / 1000));
  const detail = `The account has placed ${limit} orders within an hour.`;
  throw rateLimited(detail, { seconds, form: 'seconds' }, authority);
}

/** RFC 8555 §6.6: how many pre-authorizations an account may leave undecided. */
export function checkPreauthorizationLimit(
  { account }: AccountRequest,
  authority: Authority,
): void {
  const { state, clock } = authority;
  const open = state.authorizations.countOpenPreauthorizations(account.id, clock());
  if (open < MAXIMUM_OPEN_PREAUTHORIZATIONS) return;
  throw rateLimited('The account has too many open pre-authorizations.', aMinute, authority);
}
