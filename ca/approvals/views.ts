import type { Authority } from '../authority.ts';
import type { AccountRequest } from '../requests.ts';
import { approvalStatus } from '../status.ts';
import { timeOf } from '../state/approval-log.ts';
import type { ApprovalDecision } from '../state/approval-decisions.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { pendingOf } from './approving.ts';
import { remindAfter } from './limits.ts';
import type { Party } from './own-request.ts';
import { approversOf, mayDecide, personWords, wordsOf } from './parties.ts';

/** docs/approvals.md §5: a request, as one of its parties reads it. */
export function requestObject({ found, subject, roles }: Party, authority: Authority): object {
  const { state, clock } = authority;
  const context = { state, now: clock() };
  const status = approvalStatus(found, context.now);
  const { document, withdrawn } = found;
  const reminds = status === 'pending' && roles.includes('requester');
  return {
    status,
    approval: document,
    roles,
    mayDecide: mayDecide(found, subject, context),
    decisions: state.approvalDecisions.of(found.id).map((one) => decisionObject(one, authority)),
    approvers: approversOf(found, context).map(personWords),
    messages: state.approvalMessages.of(found.id).map(({ sender, at, text }) => ({
      ...{ from: wordsOf(sender, state), at: timeOf(at), text },
    })),
    certificates: certificatesOf(found, authority),
    ...(document.kind === 'standing'
      ? { remaining: Math.max(0, document.count - found.uses) }
      : {}),
    ...(withdrawn === undefined
      ? {}
      : {
          withdrawn: {
            ...{ by: wordsOf(withdrawn.by, state), at: timeOf(withdrawn.at) },
            reason: withdrawn.reason,
          },
        }),
    ...(reminds ? { remindAfter: timeOf(remindAfter(found)) } : {}),
  };
}

function decisionObject(decision: ApprovalDecision, { state, urls }: Authority): object {
  return {
    decision: decision.decision,
    by: wordsOf(`person:${decision.personId}`, state),
    at: timeOf(decision.at),
    ...(decision.decision === 'approve'
      ? { method: decision.method }
      : { reason: decision.reason }),
    receipt: urls.to('receipt', decision.id),
  };
}

function certificatesOf({ id }: ApprovalRequest, { state }: Authority): readonly object[] {
  return state.approvals.usesOf(id).flatMap(({ certificateId, at }) => {
    const issued = state.certificates.find(certificateId);
    if (issued === undefined) return [];
    const { serial, notAfter, revokedAt } = issued;
    return {
      ...{ serial: serial.toString('hex'), issued: timeOf(at), notAfter: timeOf(notAfter) },
      ...(revokedAt === undefined ? {} : { revoked: timeOf(revokedAt) }),
    };
  });
}

type Reader = { readonly request: AccountRequest; readonly subject: SubjectName };

/** One line of the list. */
export function summaryObject(
  found: ApprovalRequest,
  { request, subject }: Reader,
  authority: Authority,
): object {
  const { state, clock, urls } = authority;
  const now = clock();
  const may = mayDecide(found, subject, { state, now });
  const pending = may ? pendingOf(found, request, authority) : undefined;
  return {
    url: found.document.url,
    status: approvalStatus(found, now),
    mayDecide: may,
    ...(pending === undefined ? {} : { authorization: urls.to('authorization', pending.id) }),
    changed: timeOf(changedAt(found, now)),
  };
}

/** That time runs out changes a request as well. */
function changedAt(found: ApprovalRequest, now: Date): Date {
  if (approvalStatus(found, now) !== 'expired') return found.changedAt;
  const { document, grantedAt, expiresAt, changedAt: kept } = found;
  const isOver = grantedAt !== undefined && document.kind === 'standing';
  const over = isOver ? new Date(document.until) : expiresAt;
  return over > kept ? over : kept;
}
