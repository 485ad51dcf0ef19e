import type { LogEntry } from '../state/approval-log.ts';
import { page, type Answer } from './answer.ts';
import { table } from './elements.ts';
import { html, type Html } from './html.ts';
import { layout } from './layout.ts';
import { organizationWordsOf } from './organization-words.ts';
import { ORGANIZATIONS } from './paths.ts';
import type { Visit } from './visit.ts';

const MOST = 200;

/** The log of approvals, read whole and verified each time. */
export function approvalLogPage(visit: Visit): Answer {
  const { ca, language } = visit;
  const words = organizationWordsOf[language];
  const { log } = ca.organizations;
  const condition = log.verify();
  const entries = log.newest(MOST);
  const headings = [
    words.number,
    words.at,
    words.event,
    words.organization,
    words.by,
    words.details,
  ];
  const main = html`
    <p class="lead">${words.logLead}</p>
    ${condition.sound && html`<p class="note">${words.logSound(condition.length)}</p>`}
    ${entries.length === MOST && html`<p class="quiet">${words.logLatest(MOST)}</p>`}
    ${table(
      headings,
      entries.map((entry) => row(visit, entry)),
    )}
  `;
  return page(layout(visit, { title: words.log, main, section: ORGANIZATIONS }));
}

function row({ language }: Visit, entry: LogEntry): Html {
  const words = organizationWordsOf[language];
  const events: Readonly<Record<string, string>> = words.events;
  const details = { ...entry.data, ...(entry.request !== undefined && { request: entry.request }) };
  return html`<tr>
    <td>${text(entry.sequence)}</td>
    <td>${text(entry.at)}</td>
    <td>${events[entry.event] ?? text(entry.event)}</td>
    <td>${text(entry.organization)}</td>
    <td>${text(entry.by)}</td>
    <td>
      <details>
        <summary>${words.details}</summary>
        <code>${visible(JSON.stringify(details))}</code>
      </details>
    </td>
  </tr> `;
}

/** A damaged log may have anything in it. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What people wrote is in there: nothing of it steers how it is read. */
function visible(json: string): string {
  return json.replaceAll(
    /[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
