import { fingerprintOf, withColons } from './fingerprint.ts';
import { html, type Html } from './html.ts';
import type { Visit } from './visit.ts';

/** What the help desk reads out to somebody whose wallet knows nobody who vouches for us. */
export function signerWords({ ca, words }: Visit): Html {
  const [signer] = ca.documentSigner.chain;
  if (signer === undefined) throw new Error('the document signer has no certificate');
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
