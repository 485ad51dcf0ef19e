import type {
  ApprovalDecision,
  ApprovalReceipt,
  ApprovalRequest,
  ApprovalSummary,
} from '../../shared/models/approval.ts';
import { digestLines, documentLines, subjectOf, whoIs } from './approvals-document.ts';

/** A request as scripts read it; docs/command.md is the promise. */
export function requestShown({ organizationId, approvalId: url, ...summary }: ApprovalSummary) {
  const { status, roles, mayDecide, document, decisions, approvers, messages } = summary;
  const { remaining, withdrawn, certificates } = summary;
  return {
    ...{ organizationId, url, status, roles, mayDecide, document, decisions, approvers },
    ...{ messages, certificates },
    ...(remaining !== undefined && { remaining }),
    ...(withdrawn !== undefined && { withdrawn }),
  };
}

export const requestLine = (request: ApprovalSummary): string => {
  const { approvalId, status, document, mayDecide } = request;
  const mine = mayDecide ? ', for you to decide' : '';
  return `${approvalId}: ${status}${mine}: ${subjectOf(document)}${extentOf(request)}`;
};

/** How much a standing one allows, and what is left of that. */
function extentOf({ document, remaining }: ApprovalSummary): string {
  if (document.kind === 'order') return '';
  const left = remaining === undefined ? '' : `, ${remaining} left`;
  return `, up to ${document.count} until ${document.until}${left}`;
}

/** A request whole: the document first, then what became of it. */
export function requestLines(request: ApprovalRequest): readonly string[] {
  const { document, digest, status, decisions, approvers, messages, certificates } = request;
  const { remaining, withdrawn } = request;
  return [
    ...documentLines(document),
    ...digestLines(digest),
    `Status: ${status}`,
    ...decisions.map(decisionLine),
    ...(withdrawn === undefined
      ? []
      : [`Withdrawn by ${whoIs(withdrawn.by)}, ${withdrawn.at}: ${withdrawn.reason}`]),
    ...(approvers.length === 0 ? [] : [`May still decide: ${approvers.map(whoIs).join(', ')}`]),
    ...messages.map(({ from, at, text }) => `${whoIs(from)}, ${at}: ${text}`),
    ...(remaining === undefined ? [] : [`Certificates left: ${remaining}`]),
    ...certificates.map(
      ({ serial, issued, notAfter, revoked }) =>
        `Certificate ${serial}, ${issued} to ${notAfter}${revoked === undefined ? '' : `, revoked ${revoked}`}`,
    ),
  ];
}

const decisionLine = ({ decision, by, at, method, reason }: ApprovalDecision): string => {
  const how = method === undefined ? '' : ` by ${method}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${decisionWords[decision]} by ${whoIs(by)}${how}, ${at}${why}`;
};

const decisionWords = { approve: 'Approved', decline: 'Declined' } as const;

export function receiptShown(receipt: ApprovalReceipt) {
  const { receiptId, organizationId, approvalId: request, document, digest } = receipt;
  const { decision, reason, by, at, sequence, method, checks } = receipt;
  return {
    ...{ receiptId, organizationId, request, decision },
    ...(reason !== undefined && { reason }),
    ...{ by, at, method, sequence, digest, document, checks },
  };
}

export const receiptLine = (receipt: ApprovalReceipt): string => {
  const { receiptId, decision, by, at, document, checks } = receipt;
  const holds = checks.every(({ passed }) => passed) ? '' : ' (DOES NOT HOLD)';
  return `${receiptId}: ${decisionWords[decision]} by ${whoIs(by)}, ${at}${holds}: ${subjectOf(document)}`;
};
