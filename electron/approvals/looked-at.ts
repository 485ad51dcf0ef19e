import type { ApprovalDecision, ApprovalSummary } from '../../shared/models/approval.ts';
import type { UndecidedApproval } from '../acme/approval-resource.ts';
import type { AcmeClient } from '../acme/client.ts';
import { AcmeProblem } from '../acme/problem.ts';
import type { Authorization } from '../acme/authorization.ts';
import { ApprovalError } from './approval-error.ts';
import { readDocument, type ReadDocument } from './approval-document.ts';

/** A request as its CA tells it now, with a document that can be shown. */
export interface LookedAt extends ReadDocument {
  readonly url: string;
  readonly resource: UndecidedApproval;
}

/** Throws `ApprovalError`: `unreadable`, and `not-permitted` where the CA knows no such request for this account. */
export async function lookAt(
  client: AcmeClient,
  url: string,
  signal: AbortSignal,
): Promise<LookedAt> {
  const resource = await client.approvals.read(url, signal).catch((error: unknown) => {
    const isHidden = error instanceof AcmeProblem && error.status === 404;
    throw isHidden ? refusal('not-permitted', 'finding a request', error) : error;
  });
  const isOwn = (other: string): boolean => client.approvals.isOwn(other);
  return { url, resource, ...readDocument(resource.document, { url, isOwn }) };
}

/** What the person has read is what the CA has now. */
export function requireSame({ digest }: ReadDocument, read: string): void {
  if (digest !== read) throw refusal('changed', 'comparing a request with what was read');
}

/** The CA would take a decision of this account. */
export function requireOpen({ resource }: LookedAt): void {
  if (resource.status !== 'pending') throw refusal('over', 'deciding about a request');
  if (!resource.mayDecide) throw refusal('not-permitted', 'deciding about a request');
}

/** Each challenge is about this document and no other, or nothing there is answered (docs/approvals.md §4). */
export function requireAbout(
  authorization: Authorization,
  { document, digest, url }: LookedAt,
): Authorization {
  const [first] = document.identifiers;
  const { identifier, challenges, wildcard } = authorization;
  const isFor = !wildcard && identifier.type === first?.type && identifier.value === first.value;
  const isSame = challenges.every(({ approval }) => isDocument(approval, digest, url));
  if (isFor && isSame) return authorization;
  throw refusal('changed', 'comparing a challenge with the request');
}

function isDocument(approval: unknown, digest: string, url: string): boolean {
  try {
    return readDocument(approval, { url, isOwn: () => true }).digest === digest;
  } catch (error) {
    if (error instanceof ApprovalError) return false;
    throw error;
  }
}

/** `receiptOf`: the receipt that the wallet keeps of a decision, by its address at the CA. */
export function summaryOf(
  { url, resource, document }: LookedAt,
  organizationId: string,
  receiptOf: (receiptUrl: string) => string | undefined,
): ApprovalSummary {
  const { status, roles, mayDecide, approvers, messages, certificates } = resource;
  const { remaining, withdrawn } = resource;
  const decisions = resource.decisions.map(({ receipt, ...decision }): ApprovalDecision => {
    const receiptId = receiptOf(receipt);
    return { ...decision, ...(receiptId !== undefined && { receiptId }) };
  });
  return {
    ...{ organizationId, approvalId: url, document },
    ...{ status, roles, mayDecide, decisions, approvers, messages, certificates },
    ...(remaining !== undefined && { remaining }),
    ...(withdrawn !== undefined && { withdrawn }),
  };
}

export const refusal = (
  reason: 'changed' | 'over' | 'not-permitted' | 'receipt',
  doing: string,
  cause?: unknown,
): ApprovalError => new ApprovalError({ code: 'approval', reason }, doing, { cause });
