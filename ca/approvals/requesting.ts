import { subjectOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { Profile } from '../profiles.ts';
import type { AccountRequest } from '../requests.ts';
import { approvalStatus } from '../status.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { Authorization } from '../state/authorizations.ts';
import type { NewOrder, OrderedIdentifier } from '../state/orders.ts';
import type { Organization } from '../state/organizations.ts';
import { newId } from '../state/rows.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { readApprovedKey } from './approved-key.ts';
import type { ApprovedKey } from './document.ts';
import { checkOpenRequests } from './limits.ts';
import { needsApproval, openRequest, ruleOf } from './opening.ts';
import type { ApprovedProfile } from './opening.ts';
import { readMembers, readText } from './texts.ts';

export type Ordering = { readonly request: AccountRequest; readonly authority: Authority };

/** What an order needs of others: a request that was granted before, or one to be opened. */
export type PlannedApproval = {
  readonly organization: Organization;
  readonly requester: SubjectName;
  readonly profile: ApprovedProfile;
} & (
  { readonly standing: ApprovalRequest } | { readonly reason: string; readonly key: ApprovedKey }
);

/**
 * Reads `approval` of an order whose identifiers its account may have certified; undefined where nobody has to approve
 * (docs/approvals.md §3).
 */
export function planApproval(
  given: unknown,
  { profile, identifiers }: { profile: Profile; identifiers: readonly OrderedIdentifier[] },
  { request, authority }: Ordering,
): PlannedApproval | undefined {
  const { state } = authority;
  if (!needsApproval(profile)) {
    if (given === undefined) return undefined;
    throw new Problem('malformed', 'Nobody approves certificates of this profile.');
  }
  const requester = subjectOf(request.account, state);
  const organization = organizationOf(identifiers, authority);
  if (requester === undefined || organization === undefined) {
    throw new Problem('unauthorized', 'The names are of no organisation that is known here.');
  }
  const who = { organization, requester, profile };
  const standing = findStanding({ ...who, identifiers }, authority);
  if (standing !== undefined) return { ...who, standing };
  if (given === undefined) {
    const detail =
      'The profile needs "approval", and no standing pre-authorization covers the order.';
    throw new Problem('malformed', detail);
  }
  const members = readMembers(given, '"approval"', ['reason', 'key']);
  const reason = readText(members.reason ?? '', 'The "reason"', { minimum: 0, maximum: 400 });
  const key = readApprovedKey(members.key, profile, state);
  checkOpenRequests(requester, authority);
  return { ...who, reason, key };
}

/** The one to which all of the names belong. */
export function organizationOf(
  identifiers: readonly OrderedIdentifier[],
  { state }: Pick<Authority, 'state'>,
): Organization | undefined {
  const found = identifiers.map(({ value }) => state.organizations.ofDomain(value));
  const [first] = found;
  return found.every((one) => one !== undefined && one.id === first?.id) ? first : undefined;
}

type Covered = Pick<PlannedApproval, 'organization' | 'requester' | 'profile'> & {
  readonly identifiers: readonly OrderedIdentifier[];
};

/** That which ends first; judged again when the certificate is issued. */
function findStanding(
  { organization, requester, profile, identifiers }: Covered,
  { state, clock }: Authority,
): ApprovalRequest | undefined {
  return state.approvals
    .standing(requester)
    .filter((one) => approvalStatus(one, clock()) === 'approved')
    .find(
      ({ organizationId, document }) =>
        organizationId === organization.id &&
        document.profile === profile.name &&
        identifiers.every(({ type, value }) =>
          document.identifiers.some((known) => known.type === type && known.value === value),
        ),
    );
}

/** A certificate that begins later would outlive what approvers read: its life, and until when they may be had. */
export function checkStart(
  planned: PlannedApproval | undefined,
  { notBefore }: Pick<NewOrder, 'notBefore'>,
  { authority }: Ordering,
): void {
  const latest = authority.clock().getTime() + CLOCK_TOLERANCE;
  if (planned === undefined || notBefore === undefined || notBefore.getTime() <= latest) return;
  const detail = 'What others approve begins when it is issued: "notBefore" lies in the future.';
  throw new Problem('malformed', detail);
}

/** That a client's clock may be ahead; milliseconds. */
const CLOCK_TOLERANCE = 5 * 60_000;

/** How much longer an order may stay open, for others to approve it; seconds. */
export function timeToApprove(
  planned: PlannedApproval | undefined,
  { authority }: Ordering,
): number {
  if (planned === undefined || 'standing' in planned) return 0;
  return ruleOf(planned, authority).hours * 3600;
}

/** RFC 8555 §7.1.3: the authorization that nobody proves, which waits for others. In the transaction that keeps the order. */
export function awaitApproval(
  planned: PlannedApproval,
  order: NewOrder,
  { request, authority }: Ordering,
): Authorization {
  const { state, urls } = authority;
  const isCovered = 'standing' in planned;
  const approval = isCovered
    ? planned.standing
    : openRequest(
        { ...planned, asker: planned.requester, identifiers: order.identifiers },
        {
          ...{ kind: 'order', orderId: order.id, order: urls.to('order', order.id) },
          ...{ requester: request.account.thumbprint, key: planned.key },
        },
        authority,
      );
  const [identifier] = approval.document.identifiers;
  if (identifier === undefined) throw new Error('the request names nothing');
  return state.authorizations.add({
    ...{ id: newId(), accountId: order.accountId, identifier },
    ...{ wildcard: false, subdomains: false, preauthorized: false },
    ...{ createdAt: order.createdAt, expiresAt: order.expiresAt },
    grantedAt: isCovered ? order.createdAt : undefined,
    ...{ profile: order.profile, challenges: [] },
    approval: { part: 'awaits', request: approval },
  });
}
