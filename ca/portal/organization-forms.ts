import { approvalMethods } from '../approval-rule.ts';
import type { ApprovalRule } from '../approval-rule.ts';
import { OrganizationError } from '../organizations.ts';
import type { MemberRole, Organization } from '../organizations.ts';
import { profileNamed } from '../profiles.ts';
import { RegistryError } from '../registry.ts';
import { ApprovalLogError } from '../state/approval-log.ts';
import { memberRoles } from '../state/members.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { seeOther, type Answer } from './answer.ts';
import { organizationPage } from './organization-page.ts';
import { organizationWordsOf } from './organization-words.ts';
import { organizationPath } from './paths.ts';
import type { Again } from './registry-forms.ts';
import type { Visit } from './visit.ts';

/** Does it, or shows the page again with what is wrong. */
export async function attempt(visit: Visit, act: () => Answer, again: Again): Promise<Answer> {
  const words = organizationWordsOf[visit.language];
  try {
    return act();
  } catch (error) {
    if (error instanceof OrganizationError) return again(words.refusals[error.code]);
    if (error instanceof RegistryError) return again(words.badDomain);
    if (error instanceof ApprovalLogError) return again(words.logDamaged(error.sequence));
    throw error;
  }
}

/** A form on the page of an organisation: the page again, in any case. */
function change(visit: Visit, organization: Organization, act: () => void): Promise<Answer> {
  return attempt(
    visit,
    () => {
      act();
      return seeOther(organizationPath(organization.id));
    },
    (alert) => organizationPage(visit, organization, alert),
  );
}

export function addOrganizationDomain(visit: Visit, organization: Organization): Promise<Answer> {
  const { form, ca } = visit;
  return change(visit, organization, () =>
    ca.organizations.addDomain(organization.id, form.get('domain') ?? ''),
  );
}

export function removeOrganizationDomain(
  visit: Visit,
  organization: Organization,
): Promise<Answer> {
  const { form, ca } = visit;
  return change(visit, organization, () =>
    ca.organizations.removeDomain(organization.id, form.get('domain') ?? ''),
  );
}

export function addMember(visit: Visit, organization: Organization): Promise<Answer> {
  const { form, ca } = visit;
  return change(visit, organization, () => {
    // As the choices were: nobody types the name of a service here.
    const known = [
      ...ca.people.list().map(({ id }) => `person:${id}` as const),
      ...ca.registry.services().map((name) => `service:${name}` as const),
    ].find((subject) => subject === form.get('member'));
    if (known === undefined) throw new OrganizationError('unknownMember', 'no such choice');
    ca.organizations.addMember(organization.id, known, roleIn(form));
  });
}

export function removeMember(visit: Visit, organization: Organization): Promise<Answer> {
  const { form, ca } = visit;
  return change(visit, organization, () => {
    const subject = form.get('member') ?? '';
    if (isSubject(subject)) {
      ca.organizations.removeMember(organization.id, subject, roleIn(form));
    }
  });
}

export function setRule(visit: Visit, organization: Organization): Promise<Answer> {
  const { form, ca } = visit;
  return change(visit, organization, () => {
    const profile = form.get('profile') ?? '';
    if (profileNamed(profile)?.approval === undefined) {
      throw new OrganizationError('badRule', 'nobody has to approve this');
    }
    ca.organizations.setRule(organization.id, profile, ruleIn(form));
  });
}

function ruleIn(form: URLSearchParams): ApprovalRule | undefined {
  if (form.get('reset') === 'yes') return undefined;
  return {
    required: Number(form.get('required')),
    by: approvalMethods.filter((method) => form.getAll('by').includes(method)),
    hardware: form.get('hardware') === 'yes',
    hours: Number(form.get('hours')),
  };
}

function roleIn(form: URLSearchParams): MemberRole {
  const role = memberRoles.find((name) => name === form.get('role'));
  if (role === undefined) throw new OrganizationError('badRole', 'no such role');
  return role;
}

function isSubject(text: string): text is SubjectName {
  return text.startsWith('person:') || text.startsWith('service:');
}
