import { CertificateError } from './certificate-error.ts';
import { readStructure, type CertificateStructure } from './certificate-structure.ts';
import {
  booleanOf,
  contentOf,
  DerError,
  derTags,
  membersOf,
  objectIdentifierOf,
  readWhole,
  smallIntegerOf,
} from './der-reader.ts';
import { nameText } from './distinguished-name.ts';
import { generalNamesOf, type GeneralName } from './general-names.ts';

/** A certificate in full, where the platform's own parser shows a part. */
export interface CertificateDetails {
  /** RFC 4514, in the order of the certificate. */
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Of the kinds `dns`, `email`, `ip`, `upn`, `url`, `dn`; kinds that cannot be read are left out. */
  readonly alternativeNames: readonly GeneralName[];
  /** By their RFC 5280 §4.2.1.3 names. */
  readonly keyUsages: readonly string[];
  /** OIDs; empty when the certificate has no such restriction. */
  readonly extendedKeyUsages: readonly string[];
  /** How many CAs may stand between this one and a leaf (RFC 5280 §4.2.1.9); undefined: any number. */
  readonly pathLength: number | undefined;
}

/** Reads one certificate, DER; takes some ten microseconds. Throws `CertificateError`. */
export const readDetails = (der: Buffer): CertificateDetails => reading(der, detailsOf);

export type CertificateUses = Pick<CertificateDetails, 'alternativeNames' | 'extendedKeyUsages'>;

/** What a certificate is for, of one that was taken apart. Throws `CertificateError`. */
export const usesOf = (certificate: CertificateStructure): CertificateUses =>
  guarded(() => ({
    alternativeNames: generalNames(certificate.extensions.get(oids.subjectAlternativeName)),
    extendedKeyUsages: extendedKeyUsages(certificate.extensions.get(oids.extendedKeyUsage)),
  }));

/** `pathLength` alone. Throws `CertificateError`. */
export const readPathLength = (der: Buffer): number | undefined =>
  reading(der, ({ extensions }) => pathLength(extensions.get(oids.basicConstraints)));

const reading = <T>(der: Buffer, read: (certificate: CertificateStructure) => T): T =>
  guarded(() => read(readStructure(der)));

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CertificateError('unreadable', 'the certificate cannot be read in full', { cause });
  }
}

const oids = {
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;

function detailsOf(certificate: CertificateStructure): CertificateDetails {
  const { extensions } = certificate;
  return {
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    serialNumber: certificate.serialNumber.toString('hex'),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    alternativeNames: generalNames(extensions.get(oids.subjectAlternativeName)),
    keyUsages: keyUsages(extensions.get(oids.keyUsage)),
    extendedKeyUsages: extendedKeyUsages(extensions.get(oids.extendedKeyUsage)),
    pathLength: pathLength(extensions.get(oids.basicConstraints)),
  };
}

const generalNames = (extension: Buffer | undefined): readonly GeneralName[] =>
  extension === undefined ? [] : generalNamesOf(extension);

const extendedKeyUsages = (extension: Buffer | undefined): readonly string[] =>
  extension === undefined
    ? []
    : membersOf(readWhole(extension, derTags.sequence)).map(objectIdentifierOf);

const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** X.690 §8.6: after the number of unused bits, the first bit is the highest of the first octet. */
function keyUsages(extension: Buffer | undefined): readonly string[] {
  if (extension === undefined) return [];
  const [unused, ...bits] = contentOf(readWhole(extension, derTags.bitString));
  if (unused === undefined || unused > 7) throw new DerError('bit string');
  return keyUsageNames.filter((_name, bit) => {
    const octet = bits[Math.floor(bit / 8)] ?? 0;
    return (octet & (0x80 >> (bit % 8))) !== 0;
  });
}

function pathLength(extension: Buffer | undefined): number | undefined {
  if (extension === undefined) return undefined;
  const members = [...membersOf(readWhole(extension, derTags.sequence))];
  if (members[0]?.tag === derTags.boolean) booleanOf(members[0]);
  const length = members.find(({ tag }) => tag === derTags.integer);
  return length && smallIntegerOf(length);
}
