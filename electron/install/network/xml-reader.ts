import { SaxesParser } from 'saxes';

/** An element that was read: namespaces are nobody's business here, so names are without their prefix. */
export interface ReadElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text directly in it. */
  readonly text: string;
  readonly children: readonly ReadElement[];
}

/** A text is no XML, or more of it than anybody needs. */
export class XmlReadError extends Error {
  readonly code = 'xml-read';

  constructor(why: string, options?: ErrorOptions) {
    super(`reading XML: ${why}`, options);
    this.name = 'XmlReadError';
  }
}

const deepest = 24;
const mostElements = 5_000;

interface Building extends ReadElement {
  text: string;
  readonly children: Building[];
}

/** The root element. Declares nothing and expands nothing: a DOCTYPE is refused (XML 1.0 §2.8). Throws `XmlReadError`. */
export function readXml(text: string): ReadElement {
  const parser = new SaxesParser();
  const open: Building[] = [];
  const roots: Building[] = [];
  let count = 0;
  parser.on('error', (cause) => {
    throw new XmlReadError('it is not well-formed', { cause });
  });
  parser.on('doctype', () => {
    throw new XmlReadError('it has a DOCTYPE');
  });
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    if (count > mostElements || open.length >= deepest) throw new XmlReadError('it is too much');
    const element: Building = { name: localName(name), attributes, text: '', children: [] };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  });
  const hear = (part: string): void => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on('text', hear);
  parser.on('cdata', hear);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  const [root] = roots;
  if (root === undefined) throw new XmlReadError('it is empty');
  return root;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
