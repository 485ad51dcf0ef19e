import { createHash } from 'node:crypto';
import { personOf } from '../account-subject.ts';
import type { ApprovalMethod } from '../approval-rule.ts';
import type { Authority } from '../authority.ts';
import { canonicalDigest } from '../canonical-json.ts';
import type { Person } from '../people-types.ts';
import { Problem } from '../problems.ts';
import type { State } from '../state.ts';
import type { Account } from '../state/accounts.ts';
import { timeOf } from '../state/approval-log.ts';
import type { ApprovalDecision } from '../state/approval-decisions.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Challenge } from '../state/authorizations.ts';
import { newId } from '../state/rows.ts';
import type { Evidence, SignedResponse } from './evidence.ts';
import { mayDecide, personWords } from './parties.ts';
import type { ReceiptContents } from './receipt.ts';

export type Approving = {
  readonly challenge: Challenge;
  readonly request: ApprovalRequest;
  /** As it was when the response was signed. */
  readonly account: Account;
  readonly signed: SignedResponse | undefined;
};

/**
 * Takes an approval whose signature was found good, if all else is right in this moment; the challenge fails if not.
 * Belongs into the transaction that validates the challenge (docs/approvals.md §4).
 */
export function approve(approving: Approving, authority: Authority): Problem | undefined {
  const { state, clock } = authority;
  const { challenge, account, signed } = approving;
  const request = state.approvals.find(approving.request.id);
  const approver = approverOf(account, request, authority);
  if (
    request !== undefined &&
    approver !== undefined &&
    signed !== undefined &&
    isFreshKey(signed, request, authority)
  ) {
    const { publicKeyInfo, evidence } = signed;
    // The types of challenges by which something is approved are those of rules.
    const method = challenge.type as ApprovalMethod;
    const outcome = { decision: 'approve', method, keyDigest: sha256(publicKeyInfo) } as const;
    decide({ request, approver, account, evidence, outcome }, authority);
    return undefined;
  }
  const problem = new Problem('unauthorized', 'The approval is not, or no longer, to be had.');
  state.challenges.fail(challenge.id, problem.document, clock());
  return problem;
}

/** The approver that an account is of, who may decide the request now. */
export function approverOf(
  account: Account,
  request: ApprovalRequest | undefined,
  { state, clock }: Authority,
): Person | undefined {
  const person = personOf(account, state);
  const isActive = state.accounts.find(account.id)?.deactivatedAt === undefined;
  if (request === undefined || person === undefined || !isActive) return undefined;
  const context = { state, now: clock() };
  return mayDecide(request, `person:${person.id}`, context) ? person : undefined;
}

/** Not that of an approver before, and not the one that is to be certified. */
function isFreshKey(
  { publicKeyInfo }: SignedResponse,
  { id, document }: ApprovalRequest,
  { state }: Authority,
): boolean {
  const digest = sha256(publicKeyInfo);
  const certified = document.kind === 'order' ? document.key.spkiSha256 : undefined;
  const earlier = state.approvalDecisions.of(id);
  return (
    digest.toString('base64url') !== certified &&
    !earlier.some((one) => one.decision === 'approve' && one.keyDigest.equals(digest))
  );
}

type Outcome =
  | Pick<Extract<ApprovalDecision, { decision: 'approve' }>, 'decision' | 'method' | 'keyDigest'>
  | Pick<Extract<ApprovalDecision, { decision: 'decline' }>, 'decision' | 'reason'>;

export type Deciding = {
  readonly request: ApprovalRequest;
  readonly approver: Person;
  readonly account: Account;
  readonly evidence: Evidence;
  readonly outcome: Outcome;
};

/** Keeps a decision that was found right, its receipt and its place in the log; and what follows from it. */
export function decide(deciding: Deciding, authority: Authority): void {
  const { state, clock, urls } = authority;
  const { request, approver, outcome } = deciding;
  const at = clock();
  state.transaction(() => {
    const receipt = writeReceipt(deciding, at, authority);
    const decided = { id: newId(), requestId: request.id, personId: approver.id, at, receipt };
    state.approvalDecisions.add({ ...decided, ...outcome });
    if (outcome.decision === 'decline') {
      state.approvals.decline(request.id, at);
      endOrder(request, `${approver.name} has declined: ${outcome.reason}`, authority);
      return;
    }
    state.approvals.touch(request.id, at);
    const { document, digest } = request;
    if (approvalsThatCount(request, state) < document.rule.approvals) return;
    state.approvals.grant(request.id, at);
    state.approvalLog.append({
      ...{ at, event: 'granted', organization: document.organization },
      request: urls.to('approval', request.id),
      data: { digest },
    });
  });
}

/** Whoever was taken the role was taken it for a reason, which holds for what they approved as long as it was of no effect. */
function approvalsThatCount({ id, organizationId }: ApprovalRequest, state: State): number {
  const approvers = state.members.withRole(organizationId, 'approver');
  return state.approvalDecisions
    .of(id)
    .filter((one) => one.decision === 'approve' && approvers.includes(`person:${one.personId}`))
    .length;
}

function writeReceipt(
  { request, approver, account, evidence, outcome }: Deciding,
  at: Date,
  { state, urls, receipts }: Authority,
): Buffer {
  const { document, digest } = request;
  const { decision } = outcome;
  const log = state.approvalLog.append({
    ...{ at, event: 'decided', organization: document.organization },
    ...{ request: urls.to('approval', request.id), by: approver.email },
    data: { decision, digest, evidence: canonicalDigest(evidence) },
  });
  const contents: ReceiptContents = {
    version: 1,
    ...{ directory: urls.to('directory'), approval: document, digest, decision },
    ...(outcome.decision === 'decline' ? { reason: outcome.reason } : {}),
    by: { ...personWords(approver), account: account.thumbprint },
    ...{ at: timeOf(at), evidence, log },
  };
  return receipts.sign(contents, at);
}

/** RFC 8555 §7.1.3: the order of a request that came to nothing says why. */
export function endOrder(
  { orderId }: ApprovalRequest,
  detail: string,
  { state }: Pick<Authority, 'state'>,
): void {
  if (orderId === undefined) return;
  state.orders.recordError(orderId, new Problem('unauthorized', detail).document);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
