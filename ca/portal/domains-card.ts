import type { DomainOwner } from '../registry.ts';
import { certificateWordsOf } from './certificate-words.ts';
import { html, type Html } from './html.ts';
import type { Visit } from './visit.ts';

/** The DNS names that are registered for a service or for the organisation, and the forms under a path. */
export function domainsCard(visit: Visit, owner: DomainOwner, path: string): Html {
  const words = certificateWordsOf[visit.language];
  const names = visit.ca.registry.domains(owner);
  const items = names.map(
    (name) =>
      html`<li>
        <form method="post" action="${path}/domains/remove">
          <code>${name}</code> <input type="hidden" name="domain" value="${name}" />
          <button class="plain" aria-label="${words.removeNamed(name)}">${words.remove}</button>
        </form>
      </li> `,
  );
  const isService = owner !== 'organization';
  return html`<section class="card">
    <h2>${isService ? words.serviceDomains : words.domains}</h2>
    <p>${isService ? words.serviceDomainsLead : words.domainsLead}</p>
    ${
      names.length === 0
        ? html`<p>${words.noDomains}</p>`
        : html`<ul>
            ${items}
          </ul>`
    }
    <form method="post" action="${path}/domains">
      <label>${words.domain} <input name="domain" maxlength="253" required /></label>
      <button>${words.addDomain}</button>
    </form>
  </section>`;
}
