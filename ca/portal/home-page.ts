import { fact, facts } from './elements.ts';
import { withColons } from './fingerprint.ts';
import { html } from './html.ts';
import { page, type Answer } from './answer.ts';
import { layout } from './layout.ts';
import { signerWords } from './signer-words.ts';
import type { Visit } from './visit.ts';

export function homePage(visit: Visit): Answer {
  const { ca, words } = visit;
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
    ${signerWords(visit)}
  `;
  return page(layout(visit, { title: words.homeTitle, main, section: '/portal/' }));
}
