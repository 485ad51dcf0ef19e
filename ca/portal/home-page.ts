import { fact, facts } from './elements.ts';
import { fingerprintOf, withColons } from './fingerprint.ts';
import { html } from './html.ts';
import { page, type Answer } from './answer.ts';
import { layout } from './layout.ts';
import type { Visit } from './visit.ts';

export function homePage(visit: Visit): Answer {
  const { ca, words } = visit;
  const [signer] = ca.documentSigner.chain;
  const main = html`
    <p class="lead">${words.homeLead}</p>
    <p><a class="button" href="/portal/people">${words.nextStep}</a></p>
    ${facts(
      fact(words.directory, ca.directoryUrl),
      fact(words.profile, `${ca.origin}/profile.enroll`),
      fact(words.probe, ca.probeUrl),
      fact(words.rootFingerprint, withColons(ca.rootFingerprint)),
    )}
    <p><a href="/portal/root.pem" download>${words.downloadRoot}</a></p>
    ${signer !== undefined && signerWords(visit, signer)}
  `;
  return page(layout(visit, { title: words.homeTitle, main, section: '/portal/' }));
}

/** What the help desk reads out to somebody whose wallet knows nobody who vouches for us. */
function signerWords(visit: Visit, signer: Buffer) {
  const { words } = visit;
  const fingerprint = fingerprintOf(signer);
  return html`<section class="card">
    <h2>${words.helpdeskWords}</h2>
    <p>${words.helpdeskWordsHint}</p>
    <ol class="words">
      ${fingerprint.words.map((word) => html`<li>${word}</li> `)}
    </ol>
    <p class="quiet"><code>${withColons(fingerprint.hex)}</code></p>
  </section>`;
}
