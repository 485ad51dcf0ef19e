import { CredentialError } from '../passkeys/credential-register.ts';
import { RegistrationError } from '../passkeys/passkey-desk.ts';
import { readRegistration } from '../passkeys/responses.ts';
import type { Person } from '../people-types.ts';
import { Problem } from '../problems.ts';
import type { RegistrationLink } from '../state/registrations.ts';
import { page, pageWithScript, type Answer } from './answer.ts';
import { line, longestName } from './form.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';
import { message } from './open-pages.ts';
import { passkeyWordsOf, type PasskeyWords } from './passkey-words.ts';
import type { Visit } from './visit.ts';

type Guest = { readonly link: RegistrationLink; readonly person: Person };

/** Where a registration link leads, whoever opens it. */
export function registerPage(visit: Visit, token: string): Answer {
  const guest = guestOf(visit, token);
  return 'status' in guest ? guest : form(visit, guest);
}

/** What the page's script sends: a passkey and its name. */
export async function registerPasskey(visit: Visit, token: string): Promise<Answer> {
  const words = passkeyWordsOf[visit.language];
  const guest = guestOf(visit, token);
  if ('status' in guest) return guest;
  const name = line(visit.form, 'name', longestName);
  if (name === undefined) return form(visit, guest, words.nameNeeded);
  try {
    const response = readRegistration(readJson(visit.form.get('credential')));
    await visit.ca.passkeyDesk.finishByLink(guest.link, guest.person, { response, name });
  } catch (error) {
    return form(visit, guest, alertFor(error, words));
  }
  const main = html`<p class="lead">${words.registeredLead(name)}</p>`;
  return page(layout(visit, { title: words.registered, main }));
}

function guestOf(visit: Visit, token: string): Guest | Answer {
  const words = passkeyWordsOf[visit.language];
  const link = visit.ca.passkeyDesk.findLink(token);
  const person = link && visit.ca.people.find(link.personId);
  if (link === undefined || person === undefined) return message(visit, words.linkUnknown, 404);
  if (link.usedAt !== undefined) return message(visit, words.linkUsed, 410);
  if (link.expiresAt <= visit.now) return message(visit, words.linkExpired, 410);
  return { link, person };
}

function form(visit: Visit, { link, person }: Guest, alert?: string): Answer {
  const words = passkeyWordsOf[visit.language];
  const options = optionsFor(visit, { link, person });
  if (options === undefined) return message(visit, words.noPasskeysHere, 409);
  const { pathname } = visit.url;
  const { host } = new URL(visit.ca.origin);
  const name = visit.form.get('name') ?? words.usualName;
  const main = html`
    <p class="lead">${words.registerLead(person.name, person.email)} <strong>${host}</strong></p>
    <noscript><p class="alert">${words.needsScript}</p></noscript>
    <p class="alert" id="known" role="alert" hidden>${words.known}</p>
    <p class="alert" id="failed" role="alert" hidden>${words.failed}</p>
    <section class="card">
      <form id="registration" method="post" action="${pathname}" data-options="${options}">
        <label
          >${words.passkeyName}
          <input name="name" maxlength="${longestName}" value="${name}" required />
        </label>
        <p class="quiet">${words.passkeyNameHint}</p>
        <input type="hidden" name="credential" id="credential" />
        <button id="make">${words.make}</button>
      </form>
    </section>
  `;
  const scripts = ['/static/webauthn.js', '/static/register-page.mjs'];
  const answer = pageWithScript(
    layout(visit, { title: words.registerTitle, main, alert, scripts }),
  );
  return alert === undefined ? answer : { ...answer, status: 422 };
}

function optionsFor({ ca }: Visit, { link, person }: Guest): string | undefined {
  try {
    return JSON.stringify(ca.passkeyDesk.beginByLink(link, person).publicKey);
  } catch (error) {
    if (error instanceof RegistrationError && error.code === 'noPasskeysHere') return undefined;
    throw error;
  }
}

function readJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (cause) {
    throw new Problem('malformed', 'The passkey is no JSON.', { cause });
  }
}

function alertFor(error: unknown, words: PasskeyWords): string {
  if (error instanceof Problem) return words.fresh;
  if (error instanceof CredentialError) {
    const texts = { known: words.known, full: words.tooMany, badName: words.nameNeeded };
    return error.code === 'accountKey' ? words.fresh : texts[error.code];
  }
  if (!(error instanceof RegistrationError)) throw error;
  return error.code === 'notOpen' ? words.tooLong : words.fresh;
}
