import { approvalLink } from '../mail/approval-page.ts';
import { createUrls } from '../urls.ts';
import { page, type Answer } from './answer.ts';
import { qrCode } from './elements.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';
import { message } from './open-pages.ts';
import { organizationWordsOf } from './organization-words.ts';
import type { Visit } from './visit.ts';

/**
 * Where the link of a mail leads (docs/approvals.md §8). Anybody may see it, so it says nothing about the request, not
 * even whether there is one; and nothing can be done here but to go on to the wallet.
 */
export async function approvalPage(visit: Visit): Promise<Answer> {
  const words = organizationWordsOf[visit.language];
  const request = requestOf(visit);
  if (request === undefined) return message(visit, words.badLink, 400);
  const link = approvalLink(createUrls(visit.ca.origin), request);
  const main = html`
    <p class="lead">${words.linkLead}</p>
    <p class="note">${words.linkWarning}</p>
    <section class="card">
      <p><a class="button" href="${link}">${visit.words.openInWallet}</a></p>
      ${await qrCode(link, words.linkCode)}
    </section>
    <details>
      <summary>${visit.words.notOpened}</summary>
      <p>${visit.words.notOpenedHint}</p>
      <p><code>${link}</code></p>
    </details>
    <details>
      <summary>${visit.words.notInstalled}</summary>
      <p>${visit.words.notInstalledHint}</p>
    </details>
  `;
  return page(layout(visit, { title: words.linkTitle, main }));
}

/** Made anew from what is ours: nothing else of a link gets into the one for the wallet. */
function requestOf({ url, ca }: Visit): string | undefined {
  const { searchParams } = url;
  const [from, ...otherFrom] = searchParams.getAll('from');
  const [approval = '', ...others] = searchParams.getAll('approval');
  const urls = createUrls(ca.origin);
  const id = urls.idOf('approval', approval);
  const isOurs = from === ca.directoryUrl && otherFrom.length + others.length === 0;
  return isOurs && id !== undefined ? urls.to('approval', id) : undefined;
}
