import { subjectOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { approvalStatus } from '../status.ts';
import type { Account } from '../state/accounts.ts';
import type { Authorization } from '../state/authorizations.ts';
import { endRequest } from './acting.ts';

/**
 * RFC 8555 §7.5.2, docs/approvals.md §3: who gives up the authorization that waits withdraws the request, also one that was
 * approved and not used yet. A standing pre-authorization stays as it was.
 */
export function withdrawAwaited(
  { approval }: Authorization,
  account: Account,
  { state, clock }: Pick<Authority, 'state' | 'clock'>,
): void {
  const by = subjectOf(account, state);
  if (by === undefined || approval?.part !== 'awaits') return;
  const { request } = approval;
  const status = approvalStatus(request, clock());
  const isOpen = (status === 'pending' || status === 'approved') && request.uses === 0;
  if (request.document.kind !== 'order' || !isOpen) return;
  endRequest(request, { by, reason: '' }, { state, clock });
}
