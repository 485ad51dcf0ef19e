import { approvalDocument, type ApprovalDocument } from '../../shared/models/approval.ts';
import { displayText, hasSteering } from '../../shared/models/text.ts';
import { ApprovalError } from './approval-error.ts';
import { canonicalDigest, canonicalJson, CanonicalJsonError } from './canonical-json.ts';

/** A document that can be shown whole, and its digest. */
export interface ReadDocument {
  readonly document: ApprovalDocument;
  /** base64url(SHA-256(JCS(document))). */
  readonly digest: string;
}

/** UTF-8 octets of the canonical form. */
const longest = 32_768;

export interface DocumentPlace {
  /** Where the request was found. */
  readonly url: string;
  /** Whether something of this CA can lie there. */
  readonly isOwn: (url: string) => boolean;
}

/**
 * Reads what is to be approved, strictly: what has a member that is not known here, or a character that steers how others
 * are read, cannot be shown as what would be signed (docs/approvals.md §2). Throws `ApprovalError` `unreadable`, which
 * quotes nothing of it.
 */
export function readDocument(value: unknown, place: DocumentPlace): ReadDocument {
  const result = approvalDocument.safeParse(value);
  // The cause would quote what a stranger wrote.
  if (!result.success) throw unreadable('the members');
  const document = result.data;
  if (!hasReadableTexts(document) || !namesSomebody(document)) throw unreadable('a text');
  if (document.url !== place.url) throw unreadable('the address');
  if (document.kind === 'order' && !place.isOwn(document.order)) throw unreadable('the order');
  return { document, digest: digestOf(document) };
}

function digestOf(document: ApprovalDocument): string {
  try {
    if (Buffer.byteLength(canonicalJson(document), 'utf8') > longest) throw unreadable('the size');
    return canonicalDigest(document);
  } catch (error) {
    if (error instanceof CanonicalJsonError) throw unreadable('a text');
    throw error;
  }
}

/** A name that shows nothing is nobody's. */
function namesSomebody({ organization, requestedBy, profile, ...rest }: ApprovalDocument): boolean {
  const proposedBy = rest.kind === 'standing' ? [rest.proposedBy] : [];
  const names = [requestedBy, ...proposedBy].flatMap((who) => Object.values<string>(who));
  const shown = displayText(300);
  return [organization, profile, ...names].every((name) => shown.safeParse(name).success);
}

/** Whether no text anywhere in it holds a character that is not seen or steers how others are read. */
function hasReadableTexts(value: unknown): boolean {
  if (typeof value === 'string') return !hasSteering(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((each) => hasReadableTexts(each));
}

const unreadable = (what: string): ApprovalError =>
  new ApprovalError({ code: 'approval', reason: 'unreadable' }, `reading a request: ${what}`);
