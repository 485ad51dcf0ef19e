import { z } from 'zod';
import { httpsUrl } from '../../shared/models/text.ts';
import type { ApprovalFault } from '../../shared/models/approval.ts';
import { ApprovalError } from './approval-error.ts';

const maximumLength = 8192;
const members = ['from', 'approval'];

const values = z.strictObject({
  from: httpsUrl.refine((url) => !url.includes('#')),
  approval: httpsUrl.refine((url) => !url.includes('#')),
});

/** Where a link says to look: nothing of it is believed, and nothing of it was fetched. */
export interface ApprovalLink {
  /** Of a directory. */
  readonly from: string;
  /** Of a request. */
  readonly approval: string;
}

/** An organisation that a link may lead to. */
export interface LinkedOrganization {
  readonly id: string;
  readonly directory: string;
}

/** Whether a text means a request for approval, however malformed it is; invitations go their own way. */
export function isApprovalLink(text: string): boolean {
  const url = URL.parse(text.trim());
  if (url === null) return false;
  if (url.protocol === 'countersign:') return url.host.toLowerCase() === 'approve';
  return url.protocol === 'https:' && url.searchParams.has('approval');
}

/** `countersign://approve?from=…&approval=…`, or that query on a page of the CA. Throws `ApprovalError`, which quotes nothing. */
export function parseApprovalLink(text: string): ApprovalLink {
  const trimmed = text.trim();
  // URL would quietly drop tabs and line breaks: what was shown would not be what is opened.
  const isAddress = trimmed.length <= maximumLength && !/[\s\p{Cc}]/u.test(trimmed);
  const url = isAddress ? URL.parse(trimmed) : null;
  if (url === null || !isApprovalLink(trimmed)) throw refusal('malformed-link');
  if (url.hash !== '' || url.username !== '' || url.password !== '') {
    throw refusal('malformed-link');
  }
  const isOwn = url.protocol === 'countersign:';
  if (isOwn && !['', '/'].includes(url.pathname)) throw refusal('malformed-link');
  const link = checked(url.searchParams);
  // A page elsewhere could lead to one CA today and to another tomorrow.
  if (!isOwn && url.origin !== new URL(link.from).origin) throw refusal('foreign-link');
  return link;
}

function checked(query: URLSearchParams): ApprovalLink {
  const names = [...query.keys()];
  const isSound = names.length === members.length && members.every((name) => names.includes(name));
  const result = isSound ? values.safeParse(Object.fromEntries(query)) : undefined;
  // The cause would quote the link.
  if (result?.success !== true) throw refusal('malformed-link');
  return result.data;
}

/**
 * Which of the organisations that were joined a link is about: the one with that very directory, whose CA has the request on its
 * origin. Nothing is asked of anybody before that is known. Throws `ApprovalError` `foreign-link`.
 */
export function organizationOf(
  { from, approval }: ApprovalLink,
  joined: readonly LinkedOrganization[],
): LinkedOrganization {
  const directory = new URL(from);
  const found = joined.find((each) => new URL(each.directory).href === directory.href);
  if (found === undefined || new URL(approval).origin !== directory.origin) {
    throw refusal('foreign-link');
  }
  return found;
}

const refusal = (reason: Extract<ApprovalFault, 'malformed-link' | 'foreign-link'>) =>
  new ApprovalError({ code: 'approval', reason }, 'following a link');
