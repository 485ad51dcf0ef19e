import type { Authority } from '../authority.ts';
import { memberRoles } from '../state/members.ts';
import type { MemberRole } from '../state/members.ts';
import type { Organization } from '../state/organizations.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { purposes } from '../x509/extensions.ts';
import { needsApproval } from './opening.ts';
import { wordsOf } from './parties.ts';

export type OrganizationRoles = {
  readonly organization: Organization;
  readonly roles: readonly MemberRole[];
};

/** In which organisations somebody is something. */
export function membershipsOf(
  subject: SubjectName,
  { state }: Pick<Authority, 'state'>,
): readonly OrganizationRoles[] {
  const held = state.members.ofSubject(subject);
  return state.organizations.list().flatMap((organization) => {
    const roles = memberRoles.filter((role) =>
      held.some((one) => one.organizationId === organization.id && one.role === role),
    );
    return roles.length === 0 ? [] : [{ organization, roles }];
  });
}

/** docs/approvals.md §5: what somebody may do in an organisation. */
export function organizationObject(
  { organization: { id, name }, roles }: OrganizationRoles,
  { state, rules, urls }: Authority,
): object {
  const requesters = state.members.withRole(id, 'requester').map((one) => wordsOf(one, state));
  const profiles = rules.profiles.filter(needsApproval).map((profile) => ({
    ...{ name: profile.name, description: profile.description },
    usages: profile.purposes.map((purpose) => purposes[purpose]),
    ...{ lifetime: profile.lifetime, standing: profile.approval.standing },
  }));
  return {
    ...{ name, roles, domains: state.registeredDomains.of(`organization:${id}`) },
    ...(roles.includes('approver') ? { requesters, profiles } : {}),
    ...(roles.includes('auditor') ? { log: urls.to('approvalLog', id) } : {}),
  };
}
