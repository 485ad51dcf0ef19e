import type { Person } from '../people-types.ts';
import type { CredentialKind } from '../passkeys/credential-register.ts';
import { page, seeOther, type Answer } from './answer.ts';
import { fact, facts, moment, qrCode, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { personPath } from './paths.ts';
import { passkeyWordsOf } from './passkey-words.ts';
import type { Visit } from './visit.ts';

/** What a person has registered, for the page about them. */
export function credentialsCard(visit: Visit, person: Person): Html {
  const words = passkeyWordsOf[visit.language];
  const rows = rowsOf(visit, person);
  return html`<section class="card">
    <h2>${words.credentials}</h2>
    <p>${words.credentialsLead}</p>
    ${rows.length === 0 ? html`<p>${words.noCredentials}</p>` : credentialTable(visit, person, rows)}
    <form method="post" action="${personPath(person.id)}/registration-links">
      <button>${words.makeLink}</button>
      <p class="quiet">${words.makeLinkHint}</p>
    </form>
  </section>`;
}

export function removeCredential(visit: Visit, person: Person): Answer {
  const { form, ca } = visit;
  const kind = form.get('kind') === 'key' ? 'key' : 'passkey';
  // Removing twice is removing once.
  ca.people.credentials.remove(person.id, kind, form.get('id') ?? '');
  return seeOther(personPath(person.id));
}

// The answer to the form itself, not a page to be redirected to: nothing has to keep the token.
export async function makeRegistrationLink(visit: Visit, person: Person): Promise<Answer> {
  const { ca, language } = visit;
  const words = passkeyWordsOf[language];
  const { token, expires } = ca.passkeyDesk.makeLink(person.id);
  const link = `${ca.origin}/portal/register/${token}`;
  const main = html`
    <p class="note">${words.linkShownOnce}</p>
    <div class="columns">
      <section class="card">
        <p><a class="button" href="${link}">${words.openHere}</a></p>
        ${facts(fact(words.link, link), fact(visit.words.expires, moment(expires, language)))}
      </section>
      <section class="card">${await qrCode(link, words.linkCode)}</section>
    </div>
  `;
  const title = words.linkFor(person.name);
  return page(layout(visit, { title, main, section: '/portal/people' }));
}

type Row = {
  readonly kind: CredentialKind;
  readonly id: string;
  readonly name: string;
  readonly lastUsedAt: Date | undefined;
  readonly remark: string | undefined;
};

function rowsOf(visit: Visit, person: Person): readonly Row[] {
  const words = passkeyWordsOf[visit.language];
  const { credentials } = visit.ca.people;
  const passkeys = credentials.passkeysOf(person.id).map((passkey): Row => {
    const { id, name, lastUsedAt, flaggedAt, backedUp } = passkey;
    const kept = backedUp ? words.synchronised : undefined;
    const remark = flaggedAt === undefined ? kept : words.flagged;
    return { kind: 'passkey', id, name, lastUsedAt, remark };
  });
  const keys = credentials.keysOf(person.id).map(({ thumbprint, name, lastUsedAt }): Row => ({
    ...{ kind: 'key', id: thumbprint, name, lastUsedAt, remark: undefined },
  }));
  return [...passkeys, ...keys];
}

function credentialTable(visit: Visit, person: Person, rows: readonly Row[]): Html {
  const { language, words: common } = visit;
  const words = passkeyWordsOf[language];
  const cells = rows.map(
    ({ kind, id, name, lastUsedAt, remark }) =>
      html`<tr>
        <td>${name}${remark !== undefined && html`<br /><span class="quiet">${remark}</span>`}</td>
        <td>${kind === 'passkey' ? words.passkey : words.keyPair}</td>
        <td>${lastUsedAt === undefined ? words.never : moment(lastUsedAt, language)}</td>
        <td>
          <form method="post" action="${personPath(person.id)}/credentials/remove">
            <input type="hidden" name="kind" value="${kind}" />
            <input type="hidden" name="id" value="${id}" />
            <button class="plain" aria-label="${words.removeNamed(name)}">${words.remove}</button>
          </form>
        </td>
      </tr> `,
  );
  return table([common.name, words.kind, words.lastUsed], cells, 'actions');
}
