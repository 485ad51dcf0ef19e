import type { Answer } from './answer.ts';
import type { Holder } from './certificates-card.ts';
import { message } from './open-pages.ts';
import { ORGANIZATION, personPath, servicePath } from './paths.ts';
import { personPage } from './person-page.ts';
import {
  acceptIssued,
  addCertificate,
  addDomain,
  markCertificate,
  organizationPage,
  removeCertificate,
  removeDomain,
} from './registry-forms.ts';
import type { Again } from './registry-forms.ts';
import type { Route } from './routes.ts';
import { servicePage } from './service-page.ts';
import type { Visit } from './visit.ts';

type Found = Holder & { readonly id: string; readonly again: Again };
type Form = (visit: Visit, found: Found) => Answer | Promise<Answer>;

/** The pages and forms of what an administrator registers: certificates and DNS names. */
export const registryRoutes: readonly Route[] = [
  { method: 'GET', path: '/portal/services/:id', for: 'admitted', answer: ofService(showService) },
  ...forms('services', ofService),
  post('/portal/services/:id/domains', ofService(addServiceDomain)),
  post('/portal/services/:id/domains/remove', ofService(removeServiceDomain)),
  ...forms('people', ofPerson),
  post(
    '/portal/people/:id/certificates/issued',
    ofPerson((visit, found) => acceptIssued(visit, found.id, found)),
  ),
  {
    ...{ method: 'GET', path: ORGANIZATION, for: 'admitted' },
    answer: (visit) => organizationPage(visit),
  },
  post(`${ORGANIZATION}/domains`, (visit) =>
    addDomain(visit, organization, (alert) => organizationPage(visit, alert)),
  ),
  post(`${ORGANIZATION}/domains/remove`, (visit) => removeDomain(visit, organization)),
];

const organization = { owner: 'organization', path: ORGANIZATION } as const;

function post(path: string, answer: Route['answer']): Route {
  return { method: 'POST', path, for: 'admitted', answer };
}

function forms(section: string, of: (form: Form) => Route['answer']): readonly Route[] {
  const base = `/portal/${section}/:id/certificates`;
  return [
    post(
      base,
      of((visit, found) => addCertificate(visit, found, found.again)),
    ),
    post(`${base}/mark`, of(markCertificate)),
    post(`${base}/remove`, of(removeCertificate)),
  ];
}

function ofPerson(form: Form): Route['answer'] {
  return (visit, id) => {
    const person = visit.ca.people.find(id);
    if (person === undefined) return message(visit, visit.words.notFound, 404);
    const again: Again = (alert) => personPage(visit, person, alert);
    return form(visit, { id, subject: `person:${id}`, path: personPath(id), again });
  };
}

function ofService(form: Form): Route['answer'] {
  return (visit, id) => {
    if (!visit.ca.registry.services().includes(id)) {
      return message(visit, visit.words.notFound, 404);
    }
    const again: Again = (alert) => servicePage(visit, id, alert);
    return form(visit, { id, subject: `service:${id}`, path: servicePath(id), again });
  };
}

function showService(visit: Visit, { id }: Found): Answer {
  return servicePage(visit, id);
}

function addServiceDomain(visit: Visit, { id, path, again }: Found): Promise<Answer> {
  return addDomain(visit, { owner: `service:${id}`, path }, again);
}

function removeServiceDomain(visit: Visit, { id, path }: Found): Answer {
  return removeDomain(visit, { owner: `service:${id}`, path });
}
