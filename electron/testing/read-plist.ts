import { SaxesParser } from 'saxes';

export type ReadValue =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly ReadValue[]
  | { readonly [key: string]: ReadValue };

interface Open {
  readonly name: string;
  text: string;
  readonly values: ReadValue[];
  readonly keys: string[];
}

/** A property list in XML; strict about its XML, its elements and their order. */
export function readPlist(document: string): ReadValue {
  const parser = new SaxesParser({ position: false });
  const open: Open[] = [{ name: '', text: '', values: [], keys: [] }];
  const top = (): Open => {
    const last = open.at(-1);
    if (!last) throw new Error('an end without a start');
    return last;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => open.push({ name, text: '', values: [], keys: [] }));
  parser.on('text', (text) => {
    top().text += text;
  });
  parser.on('closetag', () => {
    const closed = top();
    open.pop();
    const parent = top();
    if (closed.name === 'key') parent.keys.push(closed.text);
    else parent.values.push(valueOf(closed));
    const isPaired = parent.name !== 'dict' || parent.keys.length >= parent.values.length;
    if (!isPaired) throw new Error('a value without a key');
  });
  parser.write(document).close();
  const [value, ...beyond] = top().values;
  if (value === undefined || beyond.length > 0) throw new Error('no property list');
  return value;
}

function valueOf({ name, text, values, keys }: Open): ReadValue {
  const only = values[0];
  switch (name) {
    case 'string':
      return text;
    case 'integer':
      return Number(text);
    case 'true':
    case 'false':
      return name === 'true';
    case 'date':
      return new Date(text);
    case 'data':
      return Buffer.from(text, 'base64');
    case 'array':
      return values;
    case 'dict':
      if (keys.length !== values.length || new Set(keys).size !== keys.length) break;
      return Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']));
    case 'plist':
      if (values.length === 1 && only !== undefined) return only;
  }
  throw new Error(`no property list: ${name}`);
}
