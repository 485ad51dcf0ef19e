import {
  booleanOf,
  contentOf,
  contextTag,
  DerError,
  derTags,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  timeOf,
  type DerValue,
} from './der-reader.ts';

/** A certificate taken apart (RFC 5280 §4.1), with nothing verified. */
export interface CertificateStructure {
  /** The content octets of the INTEGER, with the leading 00 where there is one. */
  readonly serialNumber: Buffer;
  readonly issuer: DerValue;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: DerValue;
  readonly publicKeyInfo: DerValue;
  /** What is inside the OCTET STRING, by OID. */
  readonly extensions: ReadonlyMap<string, Buffer>;
  /** OIDs of those that must be understood by whoever uses the certificate. */
  readonly criticalExtensions: ReadonlySet<string>;
}

const version3 = 2;

/** Throws `DerError`. */
export function readStructure(der: Buffer): CertificateStructure {
  const [toBeSigned, algorithm, signature, ...beyond] = membersOf(readWhole(der, derTags.sequence));
  expectTag(algorithm, derTags.sequence);
  expectTag(signature, derTags.bitString);
  if (beyond.length > 0) throw new DerError('certificate');
  const fields = [...membersOf(expectTag(toBeSigned, derTags.sequence))];
  const isVersioned = fields[0]?.tag === contextTag(0, 'constructed');
  const version = isVersioned ? versionOf(fields.shift()) : 0;
  const [serial, inner, issuer, validity, subject, publicKeyInfo, ...optional] = fields;
  expectTag(inner, derTags.sequence);
  const times = membersOf(expectTag(validity, derTags.sequence));
  const [notBefore, notAfter] = times;
  if (notBefore === undefined || notAfter === undefined || times.length > 2) {
    throw new DerError('validity');
  }
  return {
    serialNumber: contentOf(expectTag(serial, derTags.integer)),
    issuer: expectTag(issuer, derTags.sequence),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    subject: expectTag(subject, derTags.sequence),
    publicKeyInfo: expectTag(publicKeyInfo, derTags.sequence),
    ...extensionsOf(optional, version),
  };
}

function versionOf(field: DerValue | undefined): number {
  const [version, ...beyond] = field ? membersOf(field) : [];
  const content = contentOf(expectTag(version, derTags.integer));
  const [number = -1] = content;
  if (beyond.length > 0 || content.length !== 1 || number < 1 || number > version3) {
    throw new DerError('version');
  }
  return number;
}

type Extensions = Pick<CertificateStructure, 'extensions' | 'criticalExtensions'>;

function extensionsOf(optional: readonly DerValue[], version: number): Extensions {
  const extensions = new Map<string, Buffer>();
  const criticalExtensions = new Set<string>();
  const last = optional.at(-1);
  if (last?.tag !== contextTag(3, 'constructed')) return { extensions, criticalExtensions };
  const [list, ...beyond] = membersOf(last);
  if (version !== version3 || beyond.length > 0) throw new DerError('list of extensions');
  for (const extension of membersOf(expectTag(list, derTags.sequence))) {
    const { oid, value, isCritical } = extensionOf(expectTag(extension, derTags.sequence));
    // RFC 5280 §4.2: "A certificate MUST NOT include more than one instance of a particular extension."
    if (extensions.has(oid)) throw new DerError('certificate with each extension once');
    extensions.set(oid, value);
    if (isCritical) criticalExtensions.add(oid);
  }
  return { extensions, criticalExtensions };
}

interface Extension {
  readonly oid: string;
  readonly value: Buffer;
  readonly isCritical: boolean;
}

function extensionOf(extension: DerValue): Extension {
  const [oid, second, third, ...beyond] = membersOf(extension);
  if (oid === undefined || second === undefined || beyond.length > 0) {
    throw new DerError('extension');
  }
  const isCritical = third !== undefined && booleanOf(second);
  const value = expectTag(third ?? second, derTags.octetString);
  return { oid: objectIdentifierOf(oid), value: contentOf(value), isCritical };
}
