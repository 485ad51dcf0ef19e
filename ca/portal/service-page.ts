import { page, type Answer } from './answer.ts';
import { certificatesCard } from './certificates-card.ts';
import { certificateWordsOf } from './certificate-words.ts';
import { domainsCard } from './domains-card.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { servicePath } from './paths.ts';
import type { Visit } from './visit.ts';

/** What is registered for one service. */
export function servicePage(visit: Visit, name: string, alert?: string): Answer {
  const words = certificateWordsOf[visit.language];
  const path = servicePath(name);
  const main = html`
    ${domainsCard(visit, `service:${name}`, path)}
    ${certificatesCard(visit, { subject: `service:${name}`, path })}
  `;
  const content = { title: words.serviceTitle(name), main, section: '/portal/services', alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

/** Links to the services that were ever given a key. */
export function serviceList({ ca, language }: Visit): Html | false {
  const names = ca.registry.services();
  const items = names.map((name) => html`<li><a href="${servicePath(name)}">${name}</a></li> `);
  return (
    names.length > 0 &&
    html`<section class="card">
      <h2>${certificateWordsOf[language].knownServices}</h2>
      <ul>
        ${items}
      </ul>
    </section>`
  );
}
