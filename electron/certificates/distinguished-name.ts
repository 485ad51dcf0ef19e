import {
  contentOf,
  DerError,
  derTags,
  encodingOf,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  type DerValue,
} from './der-reader.ts';

/** RFC 4514 §3, and the ones that everybody has come to write. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
};

const commonNameOid = '2.5.4.3';

/** A name with the escapes of RFC 4514, in the order of the certificate. */
export const nameText = (name: DerValue): string =>
  membersOf(name)
    .map((relative) =>
      membersOf(expectTag(relative, derTags.set))
        .map((pair) => pairText(pair))
        .join('+'),
    )
    .join(', ');

/** As `nameText`, of octets from anywhere; undefined when they are no name. */
export function nameOfDer(octets: Buffer): string | undefined {
  try {
    return nameText(readWhole(octets, derTags.sequence));
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** The last common name; undefined when there is none. */
export function commonNameOf(name: DerValue): string | undefined {
  let found: string | undefined;
  for (const relative of membersOf(name)) {
    for (const pair of membersOf(expectTag(relative, derTags.set))) {
      const [type, value] = typeAndValue(pair);
      if (objectIdentifierOf(type) === commonNameOid) found = stringOf(value) ?? found;
    }
  }
  return found;
}

/** All texts that a name has under the short name of an attribute, as `O`; undefined for what is no text. */
export function textsOf(name: DerValue, wanted: string): readonly (string | undefined)[] {
  return membersOf(name).flatMap((relative) =>
    membersOf(expectTag(relative, derTags.set)).flatMap((pair) => {
      const [type, value] = typeAndValue(pair);
      return shortNames[objectIdentifierOf(type)] === wanted ? [stringOf(value)] : [];
    }),
  );
}

function pairText(pair: DerValue): string {
  const [type, value] = typeAndValue(pair);
  const oid = objectIdentifierOf(type);
  const name = shortNames[oid];
  const text = name === undefined ? undefined : stringOf(value);
  // RFC 4514 §2.4: what has no text is told in hex.
  if (name === undefined || text === undefined) {
    return `${name ?? oid}=#${encodingOf(value).toString('hex')}`;
  }
  return `${name}=${escape(text)}`;
}

function typeAndValue(pair: DerValue): readonly [DerValue, DerValue] {
  const [type, value, ...beyond] = membersOf(expectTag(pair, derTags.sequence));
  if (type === undefined || value === undefined || beyond.length > 0) {
    throw new DerError('attribute of a name');
  }
  return [type, value];
}

const escape = (text: string): string =>
  text.replaceAll(/[,+"\\<>;]|^[ #]| $/g, String.raw`\$&`).replaceAll('\0', String.raw`\00`);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a string of any type; undefined when it is no string, or a broken one. */
export function stringOf(value: DerValue): string | undefined {
  const content = contentOf(value);
  switch (value.tag) {
    case derTags.utf8String:
      return decoded(content);
    case derTags.printableString:
    case derTags.numericString:
    case derTags.ia5String:
    case derTags.teletexString:
      return content.toString('latin1');
    case derTags.bmpString:
      return content.length % 2 === 0
        ? Buffer.from(content).swap16().toString('utf16le')
        : undefined;
    default:
      return undefined;
  }
}

function decoded(content: Buffer): string | undefined {
  try {
    return utf8.decode(content);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
