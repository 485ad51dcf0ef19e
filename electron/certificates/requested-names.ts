import type { Identifier } from '../../shared/failure.ts';
import { CertificateError } from './certificate-error.ts';
import {
  contentOf,
  contextTag,
  DerError,
  derTags,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  type DerValue,
} from './der-reader.ts';
import { commonNameOf } from './distinguished-name.ts';
import { generalNamesOf, type GeneralName } from './general-names.ts';
import { addressOctets } from './ip-address.ts';
import { octetsOf } from './pem.ts';
import { subjectAlternativeNameOid } from './subject-alternative-name.ts';

/**
 * Whether a PKCS #10 request (RFC 2986), DER, asks for these names and no others, as RFC 8555 §7.4 wants it: in the
 * subjectAltName, or a host in the common name. Names that are no hosts, mailboxes or addresses are not looked at.
 * No, when extensions stand in a second place as well: nobody knows in which ones a CA will look.
 */
export function namesExactly(csr: Uint8Array, identifiers: readonly Identifier[]): boolean {
  const wanted = new Set(identifiers.flatMap(({ type, value }) => keyOf(type, value)));
  const { commonName, alternativeNames, isInOnePlace } = requestedNames(csr);
  if (!isInOnePlace) return false;
  const asked = new Set(alternativeNames.flatMap(({ type, value }) => keyOf(type, value)));
  // A common name is a name of the order, or somebody's name in plain words.
  const host = commonName === undefined ? [] : keyOf('dns', commonName);
  for (const key of host) if (wanted.has(key)) asked.add(key);
  return wanted.size === asked.size && [...wanted].every((key) => asked.has(key));
}

function keyOf(type: string, value: string): readonly string[] {
  if (type === 'ip') return [`ip:${addressOctets(value)?.toString('hex') ?? value}`];
  return type === 'dns' || type === 'email' ? [`${type}:${value.toLowerCase()}`] : [];
}

interface RequestedNames {
  readonly commonName: string | undefined;
  readonly alternativeNames: readonly GeneralName[];
  readonly isInOnePlace: boolean;
}

function requestedNames(csr: Uint8Array): RequestedNames {
  try {
    const [info] = membersOf(readWhole(octetsOf(csr), derTags.sequence));
    const [, subject, , attributes] = membersOf(expectTag(info, derTags.sequence));
    const requests = attributes === undefined ? [] : extensionRequestsIn(attributes);
    return {
      commonName: commonNameOf(expectTag(subject, derTags.sequence)),
      alternativeNames: requests.flatMap(({ members }) => members).flatMap(namesOf),
      isInOnePlace: requests.length <= 1 && requests.every(({ isStandard }) => isStandard),
    };
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CertificateError('unreadable', 'this is no certificate request', { cause });
  }
}

const extensionRequestsIn = (attributes: DerValue): readonly ExtensionRequest[] =>
  membersOf(expectTag(attributes, contextTag(0, 'constructed'))).flatMap(extensionRequestsOf);

/** A list of extensions that a CA may look into. */
interface ExtensionRequest {
  readonly isStandard: boolean;
  readonly members: readonly DerValue[];
}

/** RFC 2985 §5.4.2: one attribute with a single value. */
const extensionRequestOid = '1.2.840.113549.1.9.14';
/** Microsoft's own before there was that one (szOID_CERT_EXTENSIONS). */
const microsoftExtensionsOid = '1.3.6.1.4.1.311.2.1.14';

function extensionRequestsOf(attribute: DerValue): readonly ExtensionRequest[] {
  const [type, values] = membersOf(attribute);
  const oid = type && objectIdentifierOf(type);
  if (oid !== extensionRequestOid && oid !== microsoftExtensionsOid) return [];
  const isStandard = oid === extensionRequestOid;
  return membersOf(expectTag(values, derTags.set)).map((extensions) => ({
    isStandard,
    members: membersOf(expectTag(extensions, derTags.sequence)),
  }));
}

function namesOf(extension: DerValue): readonly GeneralName[] {
  const [type, ...rest] = membersOf(extension);
  if (type === undefined || objectIdentifierOf(type) !== subjectAlternativeNameOid) return [];
  return generalNamesOf(contentOf(expectTag(rest.at(-1), derTags.octetString)));
}
