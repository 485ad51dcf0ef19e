/** Markup that is safe to send: everything interpolated into it was escaped. */
export type Html = { readonly markup: string };

type Part = string | number | Html | undefined | false | readonly Part[];

/** Builds markup; interpolated text is escaped, `Html` and lists of it are taken as they are. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = literals.map((literal, index) => literal + render(parts[index]));
  return { markup: markup.join('') };
}

/** Takes markup that was made elsewhere, such as a QR code's SVG, for what it is. */
export function trustedMarkup(markup: string): Html {
  return { markup };
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  if (isList(part)) return part.map(render).join('');
  return part.markup;
}

// Array.isArray does not narrow readonly arrays.
function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
