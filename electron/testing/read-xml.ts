import { SaxesParser } from 'saxes';

/** An element as a reader sees it: local names from the root on, and its text where it holds nothing else. */
export interface ReadElement {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** All elements in the order of their ends. Throws what a strict parser complains of. */
export function readXml(document: string): readonly ReadElement[] {
  const elements: ReadElement[] = [];
  const open: { name: string; attributes: Readonly<Record<string, string>>; text: string }[] = [];
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, attributes }) => {
    const told = Object.values(attributes).map(({ name, value }) => [name, value] as const);
    open.push({ name: local, attributes: Object.fromEntries(told), text: '' });
  });
  parser.on('text', (text) => {
    const last = open.at(-1);
    if (last) last.text += text;
  });
  parser.on('closetag', () => {
    const path = open.map(({ name }) => name).join('/');
    const last = open.pop();
    if (last) elements.push({ path, attributes: last.attributes, text: last.text });
  });
  parser.write(document).close();
  return elements;
}

/** The texts of all elements whose path ends like that. */
export const textsAt = (document: string, end: string): readonly string[] =>
  readXml(document)
    .filter(({ path }) => path === end || path.endsWith(`/${end}`))
    .map(({ text }) => text);
