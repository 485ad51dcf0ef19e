import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { Approvals } from '../../approvals/approvals.ts';

export interface ApprovalRoom {
  readonly approvals: Pick<
    Approvals,
    | 'watch'
    | 'refresh'
    | 'open'
    | 'dismissAsked'
    | 'approve'
    | 'stopApproving'
    | 'decline'
    | 'message'
    | 'propose'
    | 'withdraw'
  >;
  /** Saves a receipt where the person chooses; false when they thought better of it. */
  readonly saveReceipt: (receiptId: string) => Promise<boolean>;
}

export function approvalHandlers({ approvals, saveReceipt }: ApprovalRoom) {
  return {
    async watch() {
      await approvals.watch();
    },
    async refresh() {
      await approvals.refresh();
    },
    open: (request) => approvals.open(request),
    async dismissAsked() {
      approvals.dismissAsked();
      return Promise.resolve(undefined);
    },
    approve: (decision) => approvals.approve(decision),
    async stopApproving(request) {
      await approvals.stopApproving(request);
    },
    decline: (decision) => approvals.decline(decision),
    async message(request) {
      await approvals.message(request);
    },
    propose: (proposal) => approvals.propose(proposal),
    async withdraw(request) {
      await approvals.withdraw(request);
    },
    async saveReceipt({ receiptId }) {
      return { saved: await saveReceipt(receiptId) };
    },
  } satisfies Handlers['approval'];
}
