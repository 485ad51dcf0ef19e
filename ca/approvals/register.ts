import type { State } from '../state.ts';
import { approvalStatus } from '../status.ts';
import type { ApprovalStatus } from '../status.ts';
import type { ApprovalDecision } from '../state/approval-decisions.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Person } from '../people-types.ts';
import { approversOf } from './parties.ts';

/** A request, as whoever runs the CA sees it. */
export type RegisteredRequest = ApprovalRequest & {
  readonly status: ApprovalStatus;
  readonly decisions: readonly ApprovalDecision[];
  /** Who may still decide. */
  readonly approvers: readonly Person[];
};

/** What others are asked to approve; nothing is decided here. */
export type ApprovalRegister = {
  /** Newest first. */
  list(): readonly RegisteredRequest[];
  /** By its URL. */
  find(url: string): RegisteredRequest | undefined;
};

export type ApprovalRegisterOptions = { readonly state: State; readonly clock: () => Date };

export function createApprovalRegister(options: ApprovalRegisterOptions): ApprovalRegister {
  const { state, clock } = options;
  const toRegistered = (request: ApprovalRequest): RegisteredRequest => ({
    ...request,
    status: approvalStatus(request, clock()),
    decisions: state.approvalDecisions.of(request.id),
    approvers: approversOf(request, { state, now: clock() }),
  });
  return {
    list: () => state.approvals.list().map(toRegistered),
    find(url) {
      const found = state.approvals.find(url.slice(url.lastIndexOf('/') + 1));
      return found?.document.url === url ? toRegistered(found) : undefined;
    },
  };
}
