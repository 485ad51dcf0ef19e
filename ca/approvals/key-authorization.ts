import type { ApprovalRequest } from '../state/approvals.ts';
import type { Authorization } from '../state/authorizations.ts';

/** What an authorization approves; undefined for what somebody proves for themselves. */
export function approvedBy({ approval }: Authorization): ApprovalRequest | undefined {
  return approval?.part === 'approves' ? approval.request : undefined;
}

export type Answering = {
  readonly challenge: { readonly token: string };
  /** With its key of this moment. */
  readonly account: { readonly thumbprint: string };
  readonly approving: ApprovalRequest | undefined;
};

/** RFC 8555 §8.1; KA′ of docs/approvals.md §4 for what approves: one has one full stop, the other two. */
export function keyAuthorizationFor({ challenge, account, approving }: Answering): string {
  const { token } = challenge;
  const parts = approving === undefined ? [] : [approving.digest];
  return [token, ...parts, account.thumbprint].join('.');
}
