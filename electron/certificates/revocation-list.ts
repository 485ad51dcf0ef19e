import { verify, type KeyObject } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';
import { readStructure } from './certificate-structure.ts';
import {
  contentOf,
  contextTag,
  DerError,
  derTags,
  encodingOf,
  expectTag,
  membersOf,
  objectIdentifierOf,
  readWhole,
  type DerValue,
} from './der-reader.ts';
import { parseCertificate } from './pem.ts';

const distributionPoints = '2.5.29.31';

/** Where lists are to be had that would name this certificate (RFC 5280 §4.2.1.13), by http or https; throws `CertificateError`. */
export function revocationListUrls(certificate: Uint8Array): readonly string[] {
  return guarded(() => {
    const extension = structureOf(certificate).extensions.get(distributionPoints);
    if (extension === undefined) return [];
    const points = membersOf(readWhole(extension, derTags.sequence));
    return points.flatMap((point) => membersOf(expectTag(point, derTags.sequence)).flatMap(urlsIn));
  });
}

/** Of a DistributionPoint: `distributionPoint [0]` with `fullName [0]` and its `uniformResourceIdentifier [6]`. */
function urlsIn(part: DerValue): readonly string[] {
  if (part.tag !== contextTag(0, 'constructed')) return [];
  const [name] = membersOf(part);
  if (name?.tag !== contextTag(0, 'constructed')) return [];
  return membersOf(name)
    .filter(({ tag }) => tag === contextTag(6, 'primitive'))
    .map((value) => contentOf(value).toString('latin1'))
    .filter((url) => /^https?:\/\/[\x21-\x7e]{1,2000}$/.test(url));
}

/**
 * Whether a list (RFC 5280 §5, DER) that this issuer has signed names the certificate. Lists of others, and what is no list, throw
 * `CertificateError`. How old it is is not asked: nobody is taken from such a list again.
 */
export function isOnRevocationList(
  list: Uint8Array,
  certificate: Uint8Array,
  issuer: Uint8Array,
): boolean {
  return guarded(() => {
    const parts = membersOf(readWhole(bufferOf(list), derTags.sequence));
    const [toBeSigned, algorithm, signature] = parts;
    if (parts.length > 3) throw new DerError('list of revoked certificates');
    const signed = expectTag(toBeSigned, derTags.sequence);
    const { publicKey } = parseCertificate(issuer);
    if (!isSignedBy(publicKey, signed, algorithm, signature)) {
      throw new CertificateError('unreadable', 'the list is not signed by the issuer');
    }
    const { serialNumber, issuer: name } = structureOf(certificate);
    const fields = membersOf(signed);
    const [listIssuer] = fields.filter(({ tag }) => tag === derTags.sequence).slice(1);
    if (!encodingOf(expectTag(listIssuer, derTags.sequence)).equals(encodingOf(name))) {
      throw new CertificateError('unreadable', 'the list is that of another issuer');
    }
    return entriesOf(fields).some((entry) => {
      const [serial] = membersOf(expectTag(entry, derTags.sequence));
      return contentOf(expectTag(serial, derTags.integer)).equals(serialNumber);
    });
  });
}

/** TBSCertList: version, algorithm, issuer, one or two times, then the entries, where there are any. */
function entriesOf(fields: readonly DerValue[]): readonly DerValue[] {
  const [, , entries] = fields.filter(({ tag }) => tag === derTags.sequence);
  return entries === undefined ? [] : membersOf(entries);
}

const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
};

function isSignedBy(
  key: KeyObject,
  signed: DerValue,
  algorithm: DerValue | undefined,
  signature: DerValue | undefined,
): boolean {
  const [oid] = membersOf(expectTag(algorithm, derTags.sequence));
  const hash = oid && hashes[objectIdentifierOf(oid)];
  if (hash === undefined) return false;
  // X.690 §8.6.2.2: the first octet says how many bits at the end are unused.
  const [unused, ...octets] = contentOf(expectTag(signature, derTags.bitString));
  if (unused !== 0) return false;
  try {
    return verify(hash, encodingOf(signed), key, Buffer.from(octets));
  } catch (cause) {
    // OpenSSL throws for a key that signs in another way than the list says.
    if (cause instanceof Error) return false;
    throw cause;
  }
}

const structureOf = (certificate: Uint8Array) => readStructure(bufferOf(certificate));

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CertificateError('unreadable', 'it cannot be read in full', { cause });
  }
}
