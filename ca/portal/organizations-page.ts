import type { Organization } from '../organizations.ts';
import { page, seeOther, type Answer } from './answer.ts';
import { table } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { attempt } from './organization-forms.ts';
import { organizationWordsOf } from './organization-words.ts';
import { APPROVAL_LOG, ORGANIZATIONS, organizationPath } from './paths.ts';
import type { Visit } from './visit.ts';

/** Longest name of an organisation (docs/approvals.md §2). */
const LONGEST = 80;

export function organizationsPage(visit: Visit, alert?: string): Answer {
  const words = organizationWordsOf[visit.language];
  const organizations = visit.ca.organizations.list();
  const main = html`
    <p class="lead">${words.lead}</p>
    ${organizations.length === 0 ? html`<p>${words.none}</p>` : list(visit, organizations)}
    <p><a href="${APPROVAL_LOG}">${words.log}</a></p>
    <section class="card">
      <h2>${words.add}</h2>
      <form method="post" action="${ORGANIZATIONS}">
        <label>${words.name} <input name="name" maxlength="${LONGEST}" required /></label>
        <label>${words.domainOptional} <input name="domain" maxlength="253" /></label>
        <button>${words.add}</button>
      </form>
    </section>
  `;
  const content = { title: words.organizations, main, section: ORGANIZATIONS, alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

export function addOrganization(visit: Visit): Promise<Answer> {
  const { form, ca } = visit;
  const domain = (form.get('domain') ?? '').trim();
  return attempt(
    visit,
    () => {
      const name = form.get('name') ?? '';
      const { id } = ca.organizations.create({ name, domains: domain === '' ? [] : [domain] });
      return seeOther(organizationPath(id));
    },
    (alert) => organizationsPage(visit, alert),
  );
}

function list({ ca, language }: Visit, organizations: readonly Organization[]): Html {
  const words = organizationWordsOf[language];
  const open = ca.approvals.list().filter(({ status }) => status === 'pending');
  const rows = organizations.map(
    ({ id, name }) =>
      html`<tr>
        <td><a href="${organizationPath(id)}">${name}</a></td>
        <td>${ca.organizations.domains(id).join(', ')}</td>
        <td>${open.filter(({ organizationId }) => organizationId === id).length}</td>
      </tr> `,
  );
  return table([words.name, words.domains, words.openRequests], rows);
}
