import * as der from './der.ts';

const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
const ORGANIZATION = '2.5.4.10';

/** Without a member at all, the subject is in the alternative names alone (RFC 5280 §4.1.2.6). */
export type SubjectName = { readonly commonName?: string; readonly organization?: string };

/** An X.501 Name (RFC 5280 §4.1.2.4), in UTF-8. */
export function encodeName(name: SubjectName): Buffer {
  const attributes = [
    ...(name.organization === undefined ? [] : [attribute(ORGANIZATION, name.organization)]),
    ...(name.commonName === undefined ? [] : [attribute(COMMON_NAME, name.commonName)]),
  ];
  return der.sequence(...attributes);
}

function attribute(type: string, value: string): Buffer {
  return der.set(der.sequence(der.objectIdentifier(type), der.utf8String(value)));
}

/** The common names in a DER Name. */
export function readCommonNames(name: der.Element): readonly string[] {
  return readAttributes(name, COMMON_NAME);
}

/** The serial numbers in a DER Name: of devices, not of certificates (X.520 §6.2.9). */
export function readSerialNumbers(name: der.Element): readonly string[] {
  return readAttributes(name, SERIAL_NUMBER);
}

function readAttributes(name: der.Element, wanted: string): readonly string[] {
  return der.readAll(name.content).flatMap((relativeName) =>
    der.readAll(der.expectTag(relativeName, der.tags.set).content).flatMap((pair) => {
      const [type, value] = der.readAll(der.expectTag(pair, der.tags.sequence).content);
      if (der.readObjectIdentifier(type) !== wanted) return [];
      return value === undefined ? [] : [value.content.toString('utf8')];
    }),
  );
}

export type GeneralName =
  | { readonly type: 'dns' | 'email' | 'ip'; readonly value: string }
  | { readonly type: 'permanent-identifier'; readonly value: string };

const PERMANENT_IDENTIFIER = '1.3.6.1.5.5.7.8.3';

export function encodeGeneralName(name: GeneralName): Buffer {
  switch (name.type) {
    case 'email':
      return der.implicit(1, Buffer.from(name.value, 'ascii'));
    case 'dns':
      return der.implicit(2, Buffer.from(name.value, 'ascii'));
    case 'ip':
      return der.implicit(7, addressBytes(name.value));
    case 'permanent-identifier':
      return der.explicit(
        0,
        der.objectIdentifier(PERMANENT_IDENTIFIER),
        der.explicit(0, encodePermanentIdentifier(name.value)),
      );
  }
}

function addressBytes(address: string): Buffer {
  return address === '::1'
    ? Buffer.from('00000000000000000000000000000001', 'hex')
    : Buffer.from(address.split('.').map(Number));
}

/** RFC 4043: `value` or `value/assigner`, the assigner an object identifier. */
function encodePermanentIdentifier(text: string): Buffer {
  const [value = '', assigner] = text.split('/');
  const parts = [der.utf8String(value)];
  if (assigner !== undefined) parts.push(der.objectIdentifier(assigner));
  return der.sequence(...parts);
}

/** What a subjectAltName extension lists; a kind of name that no order can have is `undefined`. */
export function readGeneralNames(extensionValue: Buffer): readonly (GeneralName | undefined)[] {
  const names = der.readSingle(extensionValue, der.tags.sequence);
  return der.readAll(names.content).map(readGeneralName);
}

function readGeneralName(element: der.Element): GeneralName | undefined {
  switch (element.tag) {
    case 0x81:
      return { type: 'email', value: element.content.toString('latin1') };
    case 0x82:
      return { type: 'dns', value: element.content.toString('latin1') };
    case 0xa0:
      return readOtherName(element);
    default:
      return undefined;
  }
}

function readOtherName(element: der.Element): GeneralName | undefined {
  const [type, wrapped] = der.readAll(element.content);
  if (der.readObjectIdentifier(type) !== PERMANENT_IDENTIFIER) return undefined;
  const body = der.readSingle(der.expectTag(wrapped, 0xa0).content, der.tags.sequence);
  const [value, assigner] = der.readAll(body.content);
  const text = der.expectTag(value, der.tags.utf8String).content.toString('utf8');
  const suffix = assigner === undefined ? '' : `/${der.readObjectIdentifier(assigner)}`;
  return { type: 'permanent-identifier', value: `${text}${suffix}` };
}
