import { enrollmentProfileMediaType } from '../enrollment-profile.ts';
import type { Person } from '../people-types.ts';
import { file, seeOther, type Answer } from './answer.ts';
import { removeCodes, resetTotp, setUpHotp, setUpOtp, synchronizeHotp } from './code-forms.ts';
import { homePage } from './home-page.ts';
import { createInvitation, invitationsPage, withdraw } from './invitations-page.ts';
import { makeRegistrationLink, removeCredential } from './credentials-card.ts';
import { helpdeskPage, joinPage, message, termsPage } from './open-pages.ts';
import { organizationRoutes } from './organization-routes.ts';
import { passkeyPage } from './passkey-page.ts';
import { registerPage, registerPasskey } from './register-page.ts';
import { addPerson, peoplePage } from './people-page.ts';
import { personPage } from './person-page.ts';
import { registryRoutes } from './registry-routes.ts';
import { createServiceKey, servicesPage } from './services-page.ts';
import type { Visit } from './visit.ts';

export type Route = {
  readonly method: 'GET' | 'POST';
  /** Segments; `:id` stands for any one. */
  readonly path: string;
  /** `everybody`: no portal key needed. */
  readonly for: 'everybody' | 'admitted';
  readonly answer: (visit: Visit, id: string) => Answer | Promise<Answer>;
};

export const routes: readonly Route[] = [
  { method: 'GET', path: '/', for: 'everybody', answer: () => seeOther('/portal/') },
  { method: 'GET', path: '/profile.enroll', for: 'everybody', answer: profileFile },
  { method: 'GET', path: '/join/:id', for: 'everybody', answer: joinPage },
  { method: 'GET', path: '/about/terms', for: 'everybody', answer: termsPage },
  { method: 'GET', path: '/about/helpdesk', for: 'everybody', answer: helpdeskPage },
  { method: 'GET', path: '/portal', for: 'everybody', answer: () => seeOther('/portal/') },
  { method: 'GET', path: '/portal/', for: 'admitted', answer: homePage },
  { method: 'GET', path: '/portal/passkey', for: 'everybody', answer: passkeyPage },
  { method: 'GET', path: '/portal/register/:id', for: 'everybody', answer: registerPage },
  { method: 'POST', path: '/portal/register/:id', for: 'everybody', answer: registerPasskey },
  { method: 'GET', path: '/portal/root.pem', for: 'everybody', answer: rootFile },
  { method: 'GET', path: '/portal/people', for: 'admitted', answer: (visit) => peoplePage(visit) },
  { method: 'POST', path: '/portal/people', for: 'admitted', answer: addPerson },
  { method: 'GET', path: '/portal/people/:id', for: 'admitted', answer: ofPerson(personPage) },
  {
    method: 'POST',
    path: '/portal/people/:id/invitations',
    for: 'admitted',
    answer: ofPerson(createInvitation),
  },
  { method: 'POST', path: '/portal/people/:id/totp', for: 'admitted', answer: ofPerson(resetTotp) },
  { method: 'POST', path: '/portal/people/:id/hotp', for: 'admitted', answer: ofPerson(setUpHotp) },
  {
    method: 'POST',
    path: '/portal/people/:id/hotp/synchronization',
    for: 'admitted',
    answer: ofPerson(synchronizeHotp),
  },
  { method: 'POST', path: '/portal/people/:id/otp', for: 'admitted', answer: ofPerson(setUpOtp) },
  {
    method: 'POST',
    path: '/portal/people/:id/codes/remove',
    for: 'admitted',
    answer: ofPerson(removeCodes),
  },
  {
    method: 'POST',
    path: '/portal/people/:id/credentials/remove',
    for: 'admitted',
    answer: ofPerson(removeCredential),
  },
  {
    method: 'POST',
    path: '/portal/people/:id/registration-links',
    for: 'admitted',
    answer: ofPerson(makeRegistrationLink),
  },
  { method: 'GET', path: '/portal/invitations', for: 'admitted', answer: invitationsPage },
  { method: 'POST', path: '/portal/invitations/:id/withdraw', for: 'admitted', answer: withdraw },
  {
    method: 'GET',
    path: '/portal/services',
    for: 'admitted',
    answer: (visit) => servicesPage(visit),
  },
  { method: 'POST', path: '/portal/services', for: 'admitted', answer: createServiceKey },
  ...registryRoutes,
  ...organizationRoutes,
];

/** The route for a path as the request has it, with its `:id` decoded. */
export function findRoute(
  method: string,
  path: string,
): { readonly route: Route; readonly id: string } | undefined {
  for (const route of routes) {
    const id = match(route.path, path);
    if (id !== undefined && route.method === method) return { route, id };
  }
  return undefined;
}

function match(pattern: string, path: string): string | undefined {
  const expected = pattern.split('/');
  const segments = path.split('/');
  if (segments.length !== expected.length) return undefined;
  const same = expected.every((name, index) => name === ':id' || name === segments[index]);
  return same ? decode(segments[expected.indexOf(':id')] ?? '') : undefined;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function ofPerson(answer: (visit: Visit, person: Person) => Answer | Promise<Answer>) {
  return (visit: Visit, id: string) => {
    const person = visit.ca.people.find(id);
    return person === undefined ? message(visit, visit.words.notFound, 404) : answer(visit, person);
  };
}

async function profileFile(visit: Visit): Promise<Answer> {
  return file(enrollmentProfileMediaType, await visit.profile(), 'local-ca.enroll');
}

function rootFile(visit: Visit): Answer {
  return file('application/x-pem-file', visit.ca.rootPem, 'local-ca-root.pem');
}
