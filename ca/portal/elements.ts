import QRCode from 'qrcode';
import { html, trustedMarkup, type Html } from './html.ts';
import type { Language } from './language.ts';

/** A QR code with the quiet zone it needs, dark on light in both colour schemes. */
export async function qrCode(text: string, label: string): Promise<Html> {
  const svg = await QRCode.toString(text, { type: 'svg', margin: 4, errorCorrectionLevel: 'M' });
  return html`<figure class="qr" role="img" aria-label="${label}">${trustedMarkup(svg)}</figure>`;
}

/** A term and a value that people copy or compare. */
export function fact(term: string, value: string | Html): Html {
  const shown = typeof value === 'string' ? html`<code>${value}</code>` : value;
  return html`<div>
    <dt>${term}</dt>
    <dd>${shown}</dd>
  </div> `;
}

export function facts(...entries: readonly Html[]): Html {
  return html`<dl class="facts">${entries}</dl>`;
}

export function moment(date: Date, language: Language): Html {
  const words = date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  return html`<time datetime="${date.toISOString()}">${words}</time>`;
}

export type Choice = { readonly value: string; readonly label: string };

export function select(field: { name: string; label: string; choices: readonly Choice[] }): Html {
  const options = field.choices.map(
    ({ value, label }) => html`<option value="${value}">${label}</option>`,
  );
  return html`<label
    >${field.label}
    <select name="${field.name}">
      ${options}
    </select>
  </label>`;
}

/** Rows under headings; a row may end with what can be done about it, which has none. */
export function table(
  headings: readonly string[],
  rows: readonly Html[],
  ending?: 'actions',
): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th> `)}
          ${ending === 'actions' && html`<td></td>`}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
