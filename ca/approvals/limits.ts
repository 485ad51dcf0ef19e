import type { Authority } from '../authority.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { rateLimited } from '../willingness.ts';

/** Requests that somebody may have open at a time, whatever accounts they have. */
export const MAXIMUM_OPEN_REQUESTS = 20;
/** Requests that somebody may make in an hour, whatever becomes of them: each is mailed to all approvers. */
export const MAXIMUM_REQUESTS_PER_HOUR = 200;
/** How often a person may begin to approve one request in an hour. */
export const MAXIMUM_TRIES = 10;
/** In all, for a request. */
export const MAXIMUM_MESSAGES = 20;
/** Seconds between two mails to the same approvers. */
const REMINDER_PAUSE = 3600;

const HOUR = 3600;
const MINUTE = 60;

/** RFC 8555 §6.6. */
export function checkOpenRequests(asker: SubjectName, authority: Authority): void {
  const { state, clock } = authority;
  const since = new Date(clock().getTime() - HOUR * 1000);
  const isRoom = state.approvals.countOpen(asker, clock()) < MAXIMUM_OPEN_REQUESTS;
  if (isRoom && state.approvals.countSince(asker, since) < MAXIMUM_REQUESTS_PER_HOUR) return;
  const detail = 'Too many requests for approval are open, or were made in an hour.';
  throw rateLimited(detail, { seconds: 10 * MINUTE, form: 'seconds' }, authority);
}

export function checkTries({ id }: ApprovalRequest, personId: string, authority: Authority): void {
  const { state, clock } = authority;
  const since = new Date(clock().getTime() - HOUR * 1000);
  if (state.authorizations.countApproving(id, personId, since) < MAXIMUM_TRIES) return;
  const detail = 'The request was tried to approve too often.';
  throw rateLimited(detail, { seconds: HOUR, form: 'seconds' }, authority);
}

export function checkMessages({ id, expiresAt }: ApprovalRequest, authority: Authority): void {
  const { state, clock } = authority;
  if (state.approvalMessages.of(id).length < MAXIMUM_MESSAGES) return;
  // There is never room again: it ends with the request.
  const seconds = Math.max(1, Math.ceil((expiresAt.getTime() - clock().getTime()) / 1000));
  const detail = `A request takes ${MAXIMUM_MESSAGES} messages.`;
  throw rateLimited(detail, { seconds, form: 'seconds' }, authority);
}

/** The first mail went out with the request. */
export function remindAfter({ remindedAt, requestedAt }: ApprovalRequest): Date {
  return new Date((remindedAt ?? requestedAt).getTime() + REMINDER_PAUSE * 1000);
}

export function checkReminder(request: ApprovalRequest, authority: Authority): void {
  const wait = remindAfter(request).getTime() - authority.clock().getTime();
  if (wait <= 0) return;
  const detail = 'The approvers had a mail within the last hour.';
  throw rateLimited(detail, { seconds: Math.ceil(wait / 1000), form: 'seconds' }, authority);
}
