import { element, type XmlElement } from './xml-document.ts';

/** What a property list holds (Apple, plist(5)); numbers are integers, times are to the second. */
export type PlistValue =
  string | number | boolean | Date | Uint8Array | readonly PlistValue[] | PlistDictionary;

export interface PlistDictionary {
  /** Left out where it is `undefined`. */
  readonly [key: string]: PlistValue | undefined;
}

export const plistDocumentType =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n';

/** The root element of a property list in XML. */
export const plist = (value: PlistDictionary): XmlElement =>
  element('plist', [valueElement(value)], { version: '1.0' });

function valueElement(value: PlistValue): XmlElement {
  if (typeof value === 'string') return element('string', value);
  if (typeof value === 'boolean') return element(value ? 'true' : 'false', '');
  if (typeof value === 'number') return element('integer', value.toFixed(0));
  // ISO 8601 in UTC; no reader takes fractions of seconds.
  if (value instanceof Date) return element('date', value.toISOString().replace(/\.\d+Z$/, 'Z'));
  if (value instanceof Uint8Array) return element('data', Buffer.from(value).toString('base64'));
  if (isArray(value)) return element('array', value.map(valueElement));
  const entries = Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [element('key', key), valueElement(each)],
  );
  return element('dict', entries);
}

const isArray = (value: PlistValue): value is readonly PlistValue[] => Array.isArray(value);
