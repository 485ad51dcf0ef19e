import { offersFor } from '../offers.ts';
import type { Person } from '../people-types.ts';
import { page, type Answer } from './answer.ts';
import { certificatesCard } from './certificates-card.ts';
import { codeCards } from './code-cards.ts';
import { credentialsCard } from './credentials-card.ts';
import { select } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { personPath } from './paths.ts';
import type { Visit } from './visit.ts';
import type { Words } from './words.ts';

export async function personPage(visit: Visit, person: Person, alert?: string): Promise<Answer> {
  const main = html`
    <p class="lead">${person.email}</p>
    ${invite(visit, person)} ${await codeCards(visit, person)} ${credentialsCard(visit, person)}
    ${certificatesCard(visit, { subject: `person:${person.id}`, path: personPath(person.id) })}
  `;
  const content = { title: person.name, main, section: '/portal/people', alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

/** How long an invitation may be used, in seconds, by the value of its form field. */
export const lifetimes = { hour: 3600, day: 24 * 3600, week: 7 * 24 * 3600 } as const;

export function lifetimeChoices(words: Words) {
  return [
    { value: 'day', label: words.oneDay },
    { value: 'hour', label: words.oneHour },
    { value: 'week', label: words.sevenDays },
  ];
}

function invite(visit: Visit, person: Person): Html {
  const { words, language } = visit;
  return html`<section class="card">
    <h2>${words.invite}</h2>
    <p>${words.inviteLead}</p>
    <form method="post" action="${personPath(person.id)}/invitations">
      ${select({
        name: 'credential',
        label: words.credential,
        choices: offersFor(person, visit.ca).map(({ id, name }) => ({
          value: id,
          label: name[language],
        })),
      })}
      ${select({ name: 'lifetime', label: words.validFor, choices: lifetimeChoices(words) })}
      <button>${words.createInvitation}</button>
    </form>
  </section>`;
}
