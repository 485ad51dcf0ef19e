import type { CodeKind, HotpSetup, OtpSetup, Person } from '../people-types.ts';
import { codeWordsOf } from './code-words.ts';
import { fact, facts, qrCode, select } from './elements.ts';
import { html, type Html } from './html.ts';
import { personPath } from './paths.ts';
import type { Visit } from './visit.ts';

/** With what a person makes one-time codes, for the page about them. */
export async function codeCards(visit: Visit, person: Person): Promise<Html> {
  return html`<div class="columns">
    ${await authenticatorCard(visit, person)} ${await hotpCard(visit, person)}
    ${otpCard(visit, person)}
  </div>`;
}

async function authenticatorCard(visit: Visit, person: Person): Promise<Html> {
  const { words, ca } = visit;
  const { noAuthenticator, setUp } = codeWordsOf[visit.language];
  if (!ca.people.codes.kinds(person.id).includes('totp')) {
    return html`<section class="card">
      <h2>${words.authenticator}</h2>
      <p>${noAuthenticator}</p>
      ${button(`${personPath(person.id)}/totp`, setUp)}
    </section>`;
  }
  const setup = ca.people.totpSetup(person.id);
  return html`<section class="card">
    <h2>${words.authenticator}</h2>
    <p>${words.authenticatorLead}</p>
    ${await qrCode(setup.uri, words.authenticatorCode)}
    ${facts(fact(words.secretByHand, inGroups(setup.secret)))}
    <p class="quiet">${words.digitsAndPeriod(setup.digits, setup.period)}</p>
    ${renewal(visit, `${personPath(person.id)}/totp`)} ${removal(visit, person, 'totp')}
  </section>`;
}

async function hotpCard(visit: Visit, person: Person): Promise<Html> {
  const words = codeWordsOf[visit.language];
  const setup = visit.ca.people.codes.hotp(person.id);
  const path = `${personPath(person.id)}/hotp`;
  return html`<section class="card">
    <h2>${words.hotp}</h2>
    ${
      setup === undefined
        ? html`<p>${words.hotpNone}</p>
            ${button(path, words.setUp)}`
        : await hotpDetails(visit, person, setup)
    }
  </section>`;
}

async function hotpDetails(visit: Visit, person: Person, setup: HotpSetup): Promise<Html> {
  const words = codeWordsOf[visit.language];
  const path = `${personPath(person.id)}/hotp`;
  return html`
    <p>${words.hotpLead}</p>
    ${await qrCode(setup.uri, words.hotpCode)}
    ${facts(fact(visit.words.secretByHand, inGroups(setup.secret)))}
    <p class="quiet">${words.digitsAndCounter(setup.digits, setup.counter)}</p>
    <form method="post" action="${path}/synchronization">
      ${codeField('first', words.firstCode)} ${codeField('second', words.secondCode)}
      <button class="plain">${words.synchronize}</button>
      <p class="quiet">${words.synchronizeHint}</p>
    </form>
    ${renewal(visit, path)} ${removal(visit, person, 'hotp')}
  `;
}

function otpCard(visit: Visit, person: Person): Html {
  const words = codeWordsOf[visit.language];
  const setup = visit.ca.people.codes.otp(person.id);
  const choices = [
    { value: 'OCRA-1:HOTP-SHA1-6:QN08', label: words.tokenOf6 },
    { value: 'OCRA-1:HOTP-SHA256-8:QN08', label: words.tokenOf8 },
    { value: 'radius', label: words.radius },
  ];
  return html`<section class="card">
    <h2>${words.otp}</h2>
    <p>${words.otpLead}</p>
    ${setup !== undefined && otpFacts(visit, setup)}
    <form method="post" action="${personPath(person.id)}/otp">
      ${select({ name: 'method', label: words.suite, choices })}
      <label
        >${words.userName}
        <input name="userName" maxlength="64" autocomplete="off" />
      </label>
      <p class="quiet">${words.userNameHint}</p>
      <button class="${setup === undefined ? '' : 'plain'}">${words.setUp}</button>
    </form>
    ${setup !== undefined && removal(visit, person, 'otp')}
  </section>`;
}

function otpFacts({ language }: Visit, setup: OtpSetup): Html {
  const words = codeWordsOf[language];
  return setup.kind === 'radius'
    ? facts(fact(words.userName, setup.userName))
    : facts(fact(words.suite, setup.suite), fact(words.key, inGroups(setup.secret)));
}

function codeField(name: string, label: string): Html {
  return html`<label
    >${label}
    <input name="${name}" inputmode="numeric" maxlength="11" autocomplete="off" required />
  </label>`;
}

function button(action: string, label: string): Html {
  return html`<form method="post" action="${action}"><button>${label}</button></form>`;
}

function renewal({ words }: Visit, action: string): Html {
  return html`<form method="post" action="${action}">
    <button class="plain">${words.newSecret}</button>
    <p class="quiet">${words.newSecretHint}</p>
  </form>`;
}

function removal({ language }: Visit, person: Person, kind: CodeKind): Html {
  return html`<form method="post" action="${personPath(person.id)}/codes/remove">
    <input type="hidden" name="kind" value="${kind}" />
    <button class="plain">${codeWordsOf[language].remove}</button>
  </form>`;
}

// Apps ignore the spaces; people need them.
function inGroups(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}
