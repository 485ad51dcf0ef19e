import type {
  ApprovalOrganization,
  ApprovalProfile,
  ApprovalRequester,
} from '../../shared/models/approval.ts';
import { oneLine } from './one-line.ts';

/** What an approver types and chooses, as it stands in the fields. */
export interface ProposalDraft {
  readonly organization: ApprovalOrganization;
  /** Index among the organisation's requesters. */
  readonly requester: number;
  readonly domain: string;
  readonly profile: string;
  readonly count: string;
  /** A day, as a date field has it: 2026-12-24. */
  readonly day: string;
  readonly reason: string;
}

export interface Proposal {
  readonly organizationId: string;
  readonly domain: string;
  readonly requester: { readonly email: string } | { readonly service: string };
  readonly profile: string;
  readonly count: number;
  readonly until: string;
  readonly reason: string;
}

export type ProposalFault = 'count' | 'day' | 'reason';

/** docs/approvals.md, Section 4. */
const longestDays = 90;
const day = 86_400_000;

export const standingProfiles = (organization: ApprovalOrganization): readonly ApprovalProfile[] =>
  organization.profiles.filter(({ standing }) => standing);

/** Somebody here can be given certificates ahead of time by this person. */
export function mayPropose(organization: ApprovalOrganization): boolean {
  const { roles, requesters, domains } = organization;
  return (
    roles.includes('approver') &&
    requesters.length > 0 &&
    domains.length > 0 &&
    standingProfiles(organization).length > 0
  );
}

export function firstDraft(organization: ApprovalOrganization, now: number): ProposalDraft {
  return {
    organization,
    // Certificates without being asked again are what programs need.
    requester: Math.max(
      organization.requesters.findIndex((requester) => 'service' in requester),
      0,
    ),
    domain: organization.domains[0] ?? '',
    profile: standingProfiles(organization)[0]?.name ?? '',
    count: '10',
    day: dayOf(now + 30 * day),
    reason: '',
  };
}

/** The days that may be chosen, as a date field has them. */
export const dayRange = (now: number) => ({
  min: dayOf(now),
  max: dayOf(now + (longestDays - 1) * day),
});

/** What is proposed, or what keeps it from being so. */
export function readProposal(
  draft: ProposalDraft,
  now: number,
): { readonly proposal: Proposal } | { readonly faults: readonly ProposalFault[] } {
  const count = /^\d{1,4}$/.test(draft.count.trim()) ? Number(draft.count) : 0;
  const until = endOf(draft.day);
  const reason = oneLine(draft.reason);
  const party = draft.organization.requesters[draft.requester];
  const faults: ProposalFault[] = [];
  if (count < 1 || count > 1000) faults.push('count');
  if (until === undefined || until <= now || until > now + longestDays * day) faults.push('day');
  if (reason === '') faults.push('reason');
  if (faults.length > 0 || party === undefined || until === undefined) return { faults };
  return {
    proposal: {
      organizationId: draft.organization.organizationId,
      domain: draft.domain,
      requester: toldOf(party),
      profile: draft.profile,
      count,
      until: `${new Date(until).toISOString().slice(0, 19)}Z`,
      reason,
    },
  };
}

const toldOf = (party: ApprovalRequester): Proposal['requester'] =>
  'service' in party ? { service: party.service } : { email: party.email };

/** The last second of a day where the person is. */
function endOf(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (found === null) return undefined;
  const [year, month, date] = found.slice(1).map(Number);
  const end = new Date(year ?? 0, (month ?? 0) - 1, date, 23, 59, 59).getTime();
  return Number.isNaN(end) ? undefined : end;
}

function dayOf(time: number): string {
  const at = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
