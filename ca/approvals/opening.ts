import { ruleFor } from '../approval-rule.ts';
import type { ApprovalRule } from '../approval-rule.ts';
import type { Authority } from '../authority.ts';
import { canonicalDigest } from '../canonical-json.ts';
import type { Json } from '../canonical-json.ts';
import { Problem } from '../problems.ts';
import type { Identifier } from '../problems.ts';
import type { ApprovalPolicy, Profile } from '../profiles.ts';
import { timeOf } from '../state/approval-log.ts';
import type { LogEvent } from '../state/approval-log.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Organization } from '../state/organizations.ts';
import { newId } from '../state/rows.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { purposes } from '../x509/extensions.ts';
import type { ApprovalDocument, OrderDocument, StandingDocument } from './document.ts';
import { nameInLog, wordsOf } from './parties.ts';
import { isShowable } from './texts.ts';

export type ApprovedProfile = Profile & { readonly approval: ApprovalPolicy };

export function needsApproval(profile: Profile): profile is ApprovedProfile {
  return profile.approval !== undefined;
}

/** What every request is about. */
export type Subject = {
  readonly organization: Organization;
  /** For whom. */
  readonly requester: SubjectName;
  readonly asker: SubjectName;
  readonly profile: ApprovedProfile;
  readonly identifiers: readonly Identifier[];
  readonly reason: string;
};

/** What is said of it beyond that. */
type Kind =
  | (Pick<OrderDocument, 'kind' | 'order' | 'requester' | 'key'> & { readonly orderId: string })
  | (Pick<StandingDocument, 'kind' | 'proposedBy' | 'count' | 'until'> & {
      readonly orderId?: never;
    });

/** Within which time a request for this is decided, and by whom. */
export function ruleOf(
  { organization, profile }: Pick<Subject, 'organization' | 'profile'>,
  { state }: Pick<Authority, 'state'>,
): ApprovalRule {
  return ruleFor(state, organization.id, profile) ?? profile.approval;
}

const HOUR = 3_600_000;

/** Composes the document from what the CA knows, and keeps the request with its place in the log. */
export function openRequest(
  subject: Subject,
  { orderId, ...kind }: Kind,
  authority: Authority,
): ApprovalRequest {
  const { state, clock, urls } = authority;
  const rule = ruleOf(subject, authority);
  const id = newId();
  const requestedAt = wholeSecond(clock());
  const open = new Date(requestedAt.getTime() + rule.hours * HOUR);
  const ends = kind.kind === 'standing' ? new Date(kind.until) : open;
  const expiresAt = ends < open ? ends : open;
  const { organization, requester, asker, profile, identifiers, reason } = subject;
  const document: ApprovalDocument = {
    version: 1,
    ...kind,
    ...{ url: urls.to('approval', id), organization: organization.name },
    requestedBy: wordsOf(requester, state),
    ...{ profile: profile.name, usages: profile.purposes.map((name) => purposes[name]) },
    identifiers: identifiers.map(({ type, value }) => ({ type, value })),
    ...{ lifetime: profile.lifetime, reason },
    rule: { approvals: rule.required, by: rule.by, hardware: rule.hardware },
    ...{ requested: timeOf(requestedAt), expires: timeOf(expiresAt) },
  };
  checkShowable(document);
  return state.transaction(() => {
    const digest = canonicalDigest(document);
    const request = state.approvals.add({
      ...{ id, organizationId: organization.id, requester, asker, orderId, document, digest },
      ...{ requestedAt, expiresAt },
    });
    const event: LogEvent = kind.kind === 'order' ? 'requested' : 'proposed';
    state.approvalLog.append({
      ...{ at: clock(), event, organization: organization.name, request: document.url },
      ...{ by: nameInLog(asker, state), data: { digest, approval: document } },
    });
    return request;
  });
}

/** RFC 3339 as approvals have it knows no parts of seconds. */
function wholeSecond(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/** Names come from the register, which takes more than an approver can be shown. */
function checkShowable(document: Json): void {
  if (textsIn(document).every(isShowable)) return;
  throw new Problem('unauthorized', 'A name in the register has characters that cannot be shown.');
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one: Json) => textsIn(one));
}
