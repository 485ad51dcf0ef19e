import type { RegisteredRequest } from '../approvals/register.ts';
import type { Organization } from '../organizations.ts';
import { moment, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { organizationWordsOf } from './organization-words.ts';
import type { Visit } from './visit.ts';

/** What waits to be decided, to be read and nothing more. */
export function requestsCard(visit: Visit, { id }: Organization): Html {
  const words = organizationWordsOf[visit.language];
  const open = visit.ca.approvals
    .list()
    .filter(({ status, organizationId }) => status === 'pending' && organizationId === id);
  const headings = [words.requestedBy, words.what, words.approvals, words.missing, words.until];
  return html`<section class="card">
    <h2>${words.requests}</h2>
    <p>${words.requestsLead}</p>
    ${
      open.length === 0
        ? html`<p>${words.noRequests}</p>`
        : table(
            headings,
            open.map((request) => row(visit, request)),
          )
    }
  </section>`;
}

function row({ ca, language }: Visit, request: RegisteredRequest): Html {
  const { requestedBy, profile, identifiers, rule } = request.document;
  const approvedBy = request.decisions.map(
    ({ personId }) => ca.people.find(personId)?.name ?? personId,
  );
  return html`<tr>
    <td>${'service' in requestedBy ? requestedBy.service : requestedBy.name}</td>
    <td><code>${profile}</code><br />${identifiers.map(({ value }) => value).join(', ')}</td>
    <td>${approvedBy.length}/${rule.approvals} ${approvedBy.join(', ')}</td>
    <td>${request.approvers.map(({ name }) => name).join(', ')}</td>
    <td>${moment(request.expiresAt, language)}</td>
  </tr> `;
}
