/** An element: what it is called, and what is in it. Names are constants of ours; texts and values of attributes are anything. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content: string | readonly XmlElement[];
}

/** A text has characters that no XML document can hold, not even escaped. */
export class XmlTextError extends Error {
  readonly code = 'xml-text';

  constructor() {
    super('a text cannot be written in XML');
    this.name = 'XmlTextError';
  }
}

export function element(
  name: string,
  content: XmlElement['content'],
  attributes?: XmlElement['attributes'],
): XmlElement {
  return { name, content, ...(attributes && { attributes }) };
}

/** A document that every reader of XML 1.0 takes for exactly what was put in. Throws `XmlTextError`. */
export const xmlDocument = (root: XmlElement, documentType = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${documentType}${lines(root, '').join('\n')}\n`;

function lines({ name, attributes = {}, content }: XmlElement, indent: string): readonly string[] {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const start = `${indent}<${name}${told.join('')}`;
  if (content.length === 0) return [`${start}/>`];
  if (typeof content === 'string') return [`${start}>${escaped(content)}</${name}>`];
  const inside = content.flatMap((each) => lines(each, `${indent}  `));
  return [`${start}>`, ...inside, `${indent}</${name}>`];
}

// XML 1.0 §2.2, production Char: all others are not to be had by references either (§4.1).
const impossible = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** §2.11 and §3.3.3 have readers change ends of lines, and white space in attributes, unless they are references. */
function escaped(text: string): string {
  if (impossible.test(text)) throw new XmlTextError();
  return text.replaceAll(/[<>&"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
