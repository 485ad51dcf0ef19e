import type { Organization } from '../organizations.ts';
import type { Answer } from './answer.ts';
import { approvalLogPage } from './approval-log-page.ts';
import { approvalPage } from './approval-page.ts';
import { message } from './open-pages.ts';
import {
  addMember,
  addOrganizationDomain,
  removeMember,
  removeOrganizationDomain,
  setRule,
} from './organization-forms.ts';
import { organizationPage } from './organization-page.ts';
import { addOrganization, organizationsPage } from './organizations-page.ts';
import { APPROVAL_LOG, ORGANIZATIONS } from './paths.ts';
import type { Route } from './routes.ts';
import type { Visit } from './visit.ts';

/** The pages of organisations and their log, and the one that mails lead to. */
export const organizationRoutes: readonly Route[] = [
  { method: 'GET', path: '/portal/approval', for: 'everybody', answer: approvalPage },
  { method: 'GET', path: APPROVAL_LOG, for: 'admitted', answer: approvalLogPage },
  {
    ...{ method: 'GET', path: ORGANIZATIONS, for: 'admitted' },
    answer: (visit) => organizationsPage(visit),
  },
  { method: 'POST', path: ORGANIZATIONS, for: 'admitted', answer: addOrganization },
  {
    ...{ method: 'GET', path: `${ORGANIZATIONS}/:id`, for: 'admitted' },
    answer: of((visit, organization) => organizationPage(visit, organization)),
  },
  post('domains', addOrganizationDomain),
  post('domains/remove', removeOrganizationDomain),
  post('members', addMember),
  post('members/remove', removeMember),
  post('rules', setRule),
];

type Form = (visit: Visit, organization: Organization) => Answer | Promise<Answer>;

function post(name: string, answer: Form): Route {
  return {
    ...{ method: 'POST', path: `${ORGANIZATIONS}/:id/${name}`, for: 'admitted' },
    answer: of(answer),
  };
}

function of(answer: Form): Route['answer'] {
  return (visit, id) => {
    const organization = visit.ca.organizations.find(id);
    return organization === undefined
      ? message(visit, visit.words.notFound, 404)
      : answer(visit, organization);
  };
}
