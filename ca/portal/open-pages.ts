import { page, pageWithScript, type Answer } from './answer.ts';
import { html } from './html.ts';
import { isUsedUp } from './invitations-page.ts';
import { layout } from './layout.ts';
import type { Visit } from './visit.ts';

/** Where an invitation's https link leads; its script puts the fragment into the wallet's link. */
export function joinPage(visit: Visit, kid: string): Answer {
  const { words, ca, now } = visit;
  const invitation = ca.people.invitations().find((candidate) => candidate.kid === kid);
  if (invitation === undefined) return message(visit, words.joinUnknown, 404);
  if (isUsedUp(invitation)) return message(visit, words.joinUsed, 410);
  if (invitation.expires <= now) return message(visit, words.joinExpired, 410);
  const from = `from=${encodeURIComponent(`${ca.origin}/profile.enroll`)}`;
  const main = html`
    <p class="lead">${words.joinLead}</p>
    <p class="alert" id="incomplete">${words.joinIncomplete}</p>
    <p>
      <a class="button" id="open" hidden href="countersign://join?${from}">${words.openInWallet}</a>
    </p>
    <details>
      <summary>${words.notOpened}</summary>
      <p>${words.notOpenedHint}</p>
      <p><a id="again" hidden href="countersign://join?${from}">${words.tryAgain}</a></p>
    </details>
    <details>
      <summary>${words.notInstalled}</summary>
      <p>${words.notInstalledHint}</p>
    </details>
  `;
  return pageWithScript(
    layout(visit, { title: words.joinTitle, main, scripts: ['/static/join.js'] }),
  );
}

export function termsPage(visit: Visit): Answer {
  const { words } = visit;
  return page(layout(visit, { title: words.terms, main: html`<p>${words.termsText}</p>` }));
}

export function helpdeskPage(visit: Visit): Answer {
  const { words } = visit;
  return page(layout(visit, { title: words.helpdesk, main: html`<p>${words.helpdeskText}</p>` }));
}

/** Says that the portal needs its key, and why this one did not do. */
export function accessPage(visit: Visit, wrongKey: boolean): Answer {
  const { words } = visit;
  const main = html`<p>${words.accessText}</p>`;
  const alert = wrongKey ? words.wrongKey : undefined;
  return page(layout(visit, { title: words.accessTitle, main, alert }), 403);
}

export function message(visit: Visit, text: string, status: number): Answer {
  const { words } = visit;
  const main = html`<p>${text}</p>
    ${visit.admitted && html`<p><a href="/portal/">${words.back}</a></p>`}`;
  return page(layout(visit, { title: words.product, main }), status);
}
