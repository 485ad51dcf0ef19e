import type { ApprovalsView, ApprovalSummary } from '../../shared/models/approval.ts';

/** The requests of an inbox by what the person has to do with them. */
export interface Groups {
  /** The person may decide them; the ones that end soonest first. */
  readonly toDecide: readonly ApprovalSummary[];
  /** Nothing to do but wait, or ask. */
  readonly waiting: readonly ApprovalSummary[];
  /** In force: certificates are issued by them without anybody being asked again. */
  readonly standing: readonly ApprovalSummary[];
  readonly decided: readonly ApprovalSummary[];
}

export type Group = keyof Groups;

export function groupOf(request: ApprovalSummary, now: number): Group {
  const { status, document, mayDecide } = request;
  if (status === 'pending' && now < Date.parse(document.expires))
    return mayDecide ? 'toDecide' : 'waiting';
  return isInForce(request, now) ? 'standing' : 'decided';
}

/** Takes the newest first, and leaves them so but for what is to be decided. */
export function grouped(requests: readonly ApprovalSummary[], now: number): Groups {
  const groups: Record<Group, ApprovalSummary[]> = {
    ...{ toDecide: [], waiting: [], standing: [], decided: [] },
  };
  for (const request of requests) groups[groupOf(request, now)].push(request);
  groups.toDecide.sort(
    (one, other) => Date.parse(one.document.expires) - Date.parse(other.document.expires),
  );
  return groups;
}

function isInForce({ status, document }: ApprovalSummary, now: number): boolean {
  return status === 'approved' && document.kind === 'standing' && now < Date.parse(document.until);
}

/** How many wait for this person. */
export function countToDecide({ requests }: Pick<ApprovalsView, 'requests'>, now: number): number {
  return requests.filter((request) => groupOf(request, now) === 'toDecide').length;
}

/** There is a place to go to: an organisation here knows approvals, or a link asked for one. */
export function isShown({ status, asked, linkFailure }: ApprovalsView): boolean {
  return status === 'ready' || asked !== null || linkFailure !== null;
}
