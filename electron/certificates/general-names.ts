import {
  contentOf,
  contextTag,
  derTags,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  type DerValue,
} from './der-reader.ts';
import { nameText, stringOf } from './distinguished-name.ts';
import { userPrincipalNameOid } from './subject-alternative-name.ts';

export interface GeneralName {
  /** `dns`, `email`, `ip`, `url`, `upn` or `dn`. */
  readonly type: string;
  readonly value: string;
}

/** RFC 5280 §4.2.1.6; kinds that have no such text are left out. */
export const generalNamesOf = (extension: Buffer): readonly GeneralName[] =>
  membersOf(readWhole(extension, derTags.sequence)).flatMap((name) => generalName(name) ?? []);

function generalName(name: DerValue): GeneralName | undefined {
  switch (name.tag) {
    case contextTag(0, 'constructed'):
      return otherName(name);
    case contextTag(1, 'primitive'):
      return { type: 'email', value: ia5(name) };
    case contextTag(2, 'primitive'):
      return { type: 'dns', value: ia5(name) };
    case contextTag(4, 'constructed'): {
      const [directoryName] = membersOf(name);
      return { type: 'dn', value: nameText(expectTag(directoryName, derTags.sequence)) };
    }
    case contextTag(6, 'primitive'):
      return { type: 'url', value: ia5(name) };
    case contextTag(7, 'primitive'):
      return address(contentOf(name));
    default:
      return undefined;
  }
}

const ia5 = (name: DerValue): string => contentOf(name).toString('latin1');

function otherName(name: DerValue): GeneralName | undefined {
  const [type, wrapped] = membersOf(name);
  if (type === undefined || objectIdentifierOf(type) !== userPrincipalNameOid) return undefined;
  const [text] = membersOf(expectTag(wrapped, contextTag(0, 'constructed')));
  const value = text && stringOf(text);
  return value === undefined ? undefined : { type: 'upn', value };
}

function address(octets: Buffer): GeneralName | undefined {
  if (octets.length === 4) return { type: 'ip', value: octets.join('.') };
  if (octets.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_group, index) => octets.readUInt16BE(index * 2));
  const text = groups.map((group) => group.toString(16)).join(':');
  // The platform knows which run of zeros to leave out (RFC 5952).
  return { type: 'ip', value: new URL(`http://[${text}]/`).hostname.slice(1, -1) };
}
