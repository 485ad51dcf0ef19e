import { pageWithScript, type Answer } from './answer.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';
import { passkeyWordsOf } from './passkey-words.ts';
import type { Visit } from './visit.ts';

/** Where the answer of a passkey may go: to a wallet on the same computer. */
const loopback = ['http://127.0.0.1:*'];

/**
 * The page of `webauthnUrl`. What a wallet asks for stays in the fragment, so all of it happens in the browser; the parts are
 * shown by the script.
 */
export function passkeyPage(visit: Visit): Answer {
  const words = passkeyWordsOf[visit.language];
  const { host } = new URL(visit.ca.origin);
  const main = html`
    <noscript><p class="alert">${words.needsScript}</p></noscript>
    <section id="ask" hidden>
      <p class="lead">
        <span id="use-lead">${words.useLead}</span>
        <span id="create-lead" data-title="${words.registerTitle}">${words.createLead}</span>
        <strong>${host}</strong>
      </p>
      <div id="matching" class="card matching">
        <p class="quiet" id="code-label">${words.matchingCode}</p>
        <p class="code"><code id="code" aria-labelledby="code-label"></code></p>
        <p><strong>${words.sameCode}</strong></p>
      </div>
      <p class="actions">
        <button id="use">${words.use}</button>
        <button id="create">${words.make}</button>
        <button class="plain" data-cancel>${words.cancel}</button>
      </p>
    </section>
    <p id="busy" class="lead" role="status" hidden>${words.busy}</p>
    <section id="failed" role="alert" hidden>
      <p class="alert">${words.notDone} <code id="reason"></code></p>
      <p class="actions">
        <button id="again">${words.again}</button>
        <button class="plain" data-cancel>${words.cancel}</button>
      </p>
    </section>
    <p id="done" class="lead" role="status" hidden>${words.done}</p>
    <p id="ended" class="lead" role="status" hidden>${words.ended}</p>
    <section id="blocked" role="alert" hidden>
      <p class="alert">${words.blocked}</p>
      <p>${words.blockedHint}</p>
      <form id="fallback" method="post">
        <input type="hidden" id="answer" name="answer" />
        <button>${words.handOver}</button>
      </form>
    </section>
    <section id="incomplete" role="alert" hidden>
      <p class="alert">${words.incomplete}</p>
      <p>${words.incompleteHint}</p>
    </section>
  `;
  const scripts = ['/static/webauthn.js', '/static/passkey-page.mjs'];
  // Nothing else of the portal belongs here, whoever is let in.
  const bare = { ...visit, admitted: false };
  const answer = pageWithScript(layout(bare, { title: words.useTitle, main, scripts }), loopback);
  // The wallet takes answers of this origin alone; with the usual policy browsers would not name it with a form.
  return { ...answer, headers: { ...answer.headers, 'Referrer-Policy': 'origin' } };
}
