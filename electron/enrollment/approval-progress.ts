import type { ApprovalProgress, ApprovalRequester } from '../../shared/models/approval.ts';
import type { ApprovalResource } from '../acme/approval-resource.ts';
import type { Authorization } from '../acme/authorization.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { requestLink } from './request-link.ts';

interface Place {
  readonly url: string;
  readonly directoryUrl: string;
}

/** What the requester sees of a request (docs/approvals.md §5). */
export function approvalProgress(
  { status, approval, decisions, approvers, messages, withdrawn, remindAfter }: ApprovalResource,
  { url, directoryUrl }: Place,
): ApprovalProgress {
  return {
    ...{ approvalId: url, status, decisions, approvers, messages },
    ...{ expires: approval.expires, required: approval.rule.approvals },
    link: requestLink({ from: directoryUrl, approval: url }),
    ...(withdrawn && { withdrawn }),
    ...(remindAfter !== undefined && { remindAfter }),
  };
}

/** Why an order that others decide about came to nothing; undefined: it did not, as far as can be told. */
export function notApproved(
  request: ApprovalResource | undefined,
  status: Authorization['status'],
): EnrollmentError | undefined {
  const declined = request?.decisions.find(({ decision }) => decision === 'decline');
  if (request?.status === 'declined') return refusal('declined', declined?.by, declined?.reason);
  if (request?.status === 'withdrawn' || status === 'deactivated') {
    return refusal('withdrawn', request?.withdrawn?.by, request?.withdrawn?.reason);
  }
  return request?.status === 'expired' || status === 'expired' ? refusal('expired') : undefined;
}

function refusal(
  reason: 'declined' | 'expired' | 'withdrawn',
  by?: ApprovalRequester,
  detail = '',
): EnrollmentError {
  const words = { ...(by && { by: nameOf(by) }), ...(detail !== '' && { detail }) };
  return new EnrollmentError({ code: 'not-approved', reason, ...words }, 'waiting for approval');
}

/** As a person says it who has to find them. */
const nameOf = (who: ApprovalRequester): string =>
  'service' in who ? who.service : `${who.name} (${who.email})`;
