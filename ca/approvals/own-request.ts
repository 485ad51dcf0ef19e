import { subjectOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { Problem } from '../problems.ts';
import type { Account } from '../state/accounts.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { MemberRole } from '../state/members.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { rolesFor } from './parties.ts';

/** A request, and what the account that asks for it is to it. */
export type Party = {
  readonly found: ApprovalRequest;
  readonly subject: SubjectName;
  readonly roles: readonly MemberRole[];
};

/** docs/approvals.md §5: whoever is no party is told 404, as for a request that is not there. */
export function partyOf(id: string, account: Account, { state }: Pick<Authority, 'state'>): Party {
  const found = state.approvals.find(id);
  const subject = subjectOf(account, state);
  const roles = found && subject ? rolesFor(found, subject, state) : [];
  if (found === undefined || subject === undefined || roles.length === 0) throw notThere();
  return { found, subject, roles };
}

export function notThere(): Problem {
  return new Problem('malformed', 'There is no such object.', { status: 404 });
}
