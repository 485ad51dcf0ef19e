import { offers } from '../enrollment-profile.ts';
import type { Person } from '../people-types.ts';
import { page, seeOther, type Answer } from './answer.ts';
import { credentialsCard } from './credentials-card.ts';
import { fact, facts, qrCode, select } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import type { Visit } from './visit.ts';
import type { Words } from './words.ts';

export async function personPage(visit: Visit, person: Person, alert?: string): Promise<Answer> {
  const main = html`
    <p class="lead">${person.email}</p>
    <div class="columns">${invite(visit, person)} ${await authenticator(visit, person)}</div>
    ${credentialsCard(visit, person)}
  `;
  const content = { title: person.name, main, section: '/portal/people', alert };
  return page(layout(visit, content), alert === undefined ? 200 : 422);
}

export function resetTotp(visit: Visit, person: Person): Answer {
  visit.ca.people.resetTotp(person.id);
  return seeOther(pathOf(person));
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
    <form method="post" action="${pathOf(person)}/invitations">
      ${select({
        name: 'credential',
        label: words.credential,
        choices: offers.map(({ id, name }) => ({ value: id, label: name[language] })),
      })}
      ${select({ name: 'lifetime', label: words.validFor, choices: lifetimeChoices(words) })}
      <button>${words.createInvitation}</button>
    </form>
  </section>`;
}

async function authenticator(visit: Visit, person: Person): Promise<Html> {
  const { words, ca } = visit;
  const setup = ca.people.totpSetup(person.id);
  return html`<section class="card">
    <h2>${words.authenticator}</h2>
    <p>${words.authenticatorLead}</p>
    ${await qrCode(setup.uri, words.authenticatorCode)}
    ${facts(fact(words.secretByHand, inGroups(setup.secret)))}
    <p class="quiet">${words.digitsAndPeriod(setup.digits, setup.period)}</p>
    <form method="post" action="${pathOf(person)}/totp">
      <button class="plain">${words.newSecret}</button>
      <p class="quiet">${words.newSecretHint}</p>
    </form>
  </section>`;
}

// Authenticator apps ignore the spaces; people need them.
function inGroups(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}

function pathOf(person: Person): string {
  return `/portal/people/${encodeURIComponent(person.id)}`;
}
