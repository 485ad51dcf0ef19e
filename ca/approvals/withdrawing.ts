import { subjectOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { approvalStatus } from '../status.ts';
import type { Account } from '../state/accounts.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Authorization } from '../state/authorizations.ts';
import { endRequest } from './acting.ts';

type Context = Pick<Authority, 'state' | 'clock'>;

/**
 * RFC 8555 §7.5.2, docs/approvals.md §3: who gives up the authorization that waits withdraws the request, also one that was
 * approved and not used yet. A standing pre-authorization stays as it was.
 */
export function withdrawAwaited(
  { approval }: Authorization,
  account: Account,
  { state, clock }: Context,
): void {
  if (approval?.part !== 'awaits' || approval.request.document.kind !== 'order') return;
  withdrawUnused(approval.request, account, { state, clock });
}

/** RFC 8555 §7.3.6: nobody need decide any more about orders of an account that is deactivated. */
export function withdrawAll(account: Account, { state, clock }: Context): void {
  // An account can be given up when nothing can be entered in the log as well: nothing is issued then, either.
  if (!state.approvalLog.condition().sound) return;
  state.approvals
    .ofAccount(account.id)
    .forEach((request) => withdrawUnused(request, account, { state, clock }));
}

function withdrawUnused(
  request: ApprovalRequest,
  account: Account,
  { state, clock }: Context,
): void {
  const by = subjectOf(account, state);
  const status = approvalStatus(request, clock());
  const isOpen = (status === 'pending' || status === 'approved') && request.uses === 0;
  if (by !== undefined && isOpen) endRequest(request, { by, reason: '' }, { state, clock });
}
