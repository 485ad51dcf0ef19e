import { certificateWordsOf } from './certificate-words.ts';
import { html, type Html } from './html.ts';
import { organizationWordsOf } from './organization-words.ts';
import { ORGANIZATION, ORGANIZATIONS } from './paths.ts';
import type { Visit } from './visit.ts';

export type Content = {
  readonly title: string;
  readonly main: Html;
  /** Path of the portal section that this page belongs to. */
  readonly section?: string;
  /** A sentence above everything else: what went wrong with the last form. */
  readonly alert?: string | undefined;
  /** Paths of scripts, in the order in which they run; pages have none unless they say so. */
  readonly scripts?: readonly string[];
};

export function layout(visit: Visit, content: Content): Html {
  const { words } = visit;
  return html`<!doctype html>
    <html lang="${visit.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title} – ${words.product}</title>
        <link rel="stylesheet" href="/static/portal.css" />
        <link rel="icon" href="data:," />
        ${(content.scripts ?? []).map(script)}
      </head>
      <body>
        <a class="skip" href="#main">${words.skip}</a>
        <header>
          <p class="brand"><span class="mark" aria-hidden="true"></span>${words.product}</p>
          ${visit.admitted && navigation(visit, content.section)}
        </header>
        <main id="main">
          <h1>${content.title}</h1>
          ${visit.admitted && damage(visit)}
          ${content.alert !== undefined && html`<p class="alert" role="alert">${content.alert}</p>`}
          ${content.main}
        </main>
      </body>
    </html> `;
}

/** On every page, for whoever runs the CA. */
function damage({ ca, language }: Visit): Html | false {
  const condition = ca.organizations.log.condition();
  const words = organizationWordsOf[language];
  return (
    !condition.sound &&
    html`<p class="alert" role="alert">${words.logDamaged(condition.sequence)}</p>`
  );
}

/** Run after the page is read, both kinds in the order in which they stand. */
function script(path: string): Html {
  return path.endsWith('.mjs')
    ? html`<script src="${path}" type="module"></script>`
    : html`<script src="${path}" defer></script>`;
}

function navigation(visit: Visit, current: string | undefined): Html {
  const { words } = visit;
  const sections = [
    ['/portal/', words.home],
    ['/portal/people', words.people],
    ['/portal/invitations', words.invitations],
    ['/portal/services', words.services],
    [ORGANIZATION, certificateWordsOf[visit.language].domains],
    [ORGANIZATIONS, organizationWordsOf[visit.language].organizations],
  ] as const;
  const items = sections.map(([path, label]) => {
    const mark = path === current && html` aria-current="page"`;
    return html`<li><a href="${path}" ${mark}>${label}</a></li> `;
  });
  return html`<nav aria-label="${words.navigation}">
    <ul>
      ${items}
    </ul>
  </nav>`;
}
