import { subjectOf } from '../account-subject.ts';
import { bytes, json, link } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { act } from '../approvals/acting.ts';
import { membershipsOf, organizationObject } from '../approvals/memberships.ts';
import { notThere, partyOf } from '../approvals/own-request.ts';
import { requestObject, summaryObject } from '../approvals/views.ts';
import type { Authority } from '../authority.ts';
import { canonicalDigest } from '../canonical-json.ts';
import { isPostAsGet } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { LogEntry } from '../state/approval-log.ts';
import { checkTerms } from './agreement.ts';
import { readCursor } from './cursor.ts';

const REQUESTS_PER_PAGE = 50;
const ENTRIES_PER_PAGE = 200;

/** docs/approvals.md §5: what concerns whoever the account belongs to, newest first. */
export function approvals(request: AccountRequest, authority: Authority): Answer {
  const { state, urls } = authority;
  const subject = subjectOf(request.account, state);
  if (subject === undefined) return json(200, { organizations: [], approvals: [] });
  const memberships = membershipsOf(subject, authority);
  const organizationIds = memberships
    .filter(({ roles }) => roles.some((role) => role !== 'requester'))
    .map(({ organization }) => organization.id);
  const before = readCursor(request.query);
  const from = before ?? Number.MAX_SAFE_INTEGER;
  const concerned = { subject, organizationIds };
  const found = state.approvals.concerning(concerned, from, REQUESTS_PER_PAGE + 1);
  const shown = found.slice(0, REQUESTS_PER_PAGE);
  const last = found.length > shown.length ? shown.at(-1) : undefined;
  return json(
    200,
    {
      ...(before === undefined
        ? { organizations: memberships.map((one) => organizationObject(one, authority)) }
        : {}),
      approvals: shown.map((one) => summaryObject(one, { request, subject }, authority)),
    },
    last === undefined ? {} : { Link: next(urls.to('approvals'), last.sequence) },
  );
}

/** §5: read, or act. */
export function approval(request: AccountRequest, authority: Authority): Answer {
  const party = partyOf(request.id, request.account, authority);
  if (!isPostAsGet(request)) {
    checkTerms(request, authority);
    act(party, { request, authority });
  }
  return json(200, requestObject(partyOf(request.id, request.account, authority), authority));
}

/** §6: to the parties of the request, and to whoever decided as long as they are known here. */
export function receipt(request: AccountRequest, authority: Authority): Answer {
  const { state } = authority;
  const decision = state.approvalDecisions.find(request.id);
  if (decision === undefined) throw notThere();
  if (subjectOf(request.account, state) !== `person:${decision.personId}`) {
    partyOf(decision.requestId, request.account, authority);
  }
  return bytes('application/cms', decision.receipt);
}

/** §7: to auditors; entries of other organisations as their places and digests alone. */
export function approvalLog(request: AccountRequest, authority: Authority): Answer {
  const { state, urls } = authority;
  const organization = state.organizations.find(request.id);
  const subject = subjectOf(request.account, state);
  const roles = organization && subject ? state.members.rolesOf(organization.id, subject) : [];
  if (organization === undefined || !roles.includes('auditor')) throw notThere();
  const after = readCursor(request.query) ?? 0;
  const found = state.approvalLog.entries(after, ENTRIES_PER_PAGE + 1);
  const shown = found.slice(0, ENTRIES_PER_PAGE);
  const last = found.length > shown.length ? shown.at(-1) : undefined;
  const entries = shown.map((entry) => entryFor(organization.name, entry));
  const Link = last && next(urls.to('approvalLog', organization.id), last.sequence);
  return json(200, { entries }, Link === undefined ? {} : { Link });
}

function entryFor(organization: string, entry: LogEntry): object {
  if (entry.organization === organization) return entry;
  const { sequence, previous } = entry;
  return { sequence, previous, digest: canonicalDigest(entry) };
}

function next(url: string, cursor: number): string {
  return link(`${url}?cursor=${cursor}`, 'next');
}
