import { createHash, verify, X509Certificate } from 'node:crypto';
import { readStructure } from '../certificates/certificate-structure.ts';
import { cmsOids } from '../certificates/cms-signed-data.ts';
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
} from '../certificates/der-reader.ts';

/** A SignedData with its content and one signer (RFC 5652 §5), whose signature fits. Who the signer is was not asked. */
export interface ReadSignedData {
  readonly contentType: string;
  readonly content: Buffer;
  readonly signer: X509Certificate;
  /** All that came, in whatever order; the signer's is among them. */
  readonly certificates: readonly X509Certificate[];
}

/** The signature of a SignedData does not fit what it is on, or not the certificate that it names. */
export class SignatureMismatch extends Error {
  readonly code = 'signature-mismatch';

  constructor(what: string) {
    super(`the signature of a SignedData does not fit: ${what}`);
    this.name = 'SignatureMismatch';
  }
}

/** Throws `DerError`, and `SignatureMismatch`. */
export function readSignedData(der: Buffer): ReadSignedData {
  const [type, wrapped] = membersOf(readWhole(der, derTags.sequence));
  if (objectIdentifierOf(expected(type)) !== cmsOids.signedData) throw new DerError('SignedData');
  const signedData = expectTag(onlyMember(wrapped, 0), derTags.sequence);
  const [version, digests, encapsulated, ...rest] = membersOf(signedData);
  expectTag(version, derTags.integer);
  expectTag(digests, derTags.set);
  const [contentType, inside] = membersOf(expectTag(encapsulated, derTags.sequence));
  const content = contentOf(expectTag(onlyMember(inside, 0), derTags.octetString));
  const certificates = certificatesIn(rest);
  const [info, ...others] = membersOf(expectTag(rest.at(-1), derTags.set));
  // RFC 3161 §2.4.2: the timestamp server's signature and no other.
  if (info === undefined || others.length > 0) throw new DerError('SignedData of one signer');
  const about = { content, contentType: objectIdentifierOf(expected(contentType)), certificates };
  return { ...about, signer: signerOf(info, about) };
}

type Content = Omit<ReadSignedData, 'signer'>;

const mostCertificates = 16;

function certificatesIn(optional: readonly DerValue[]): readonly X509Certificate[] {
  const list = optional.find(({ tag }) => tag === contextTag(0, 'constructed'));
  const members = list ? membersOf(list) : [];
  if (members.length > mostCertificates) throw new DerError('list of certificates');
  return members.map((member) => certificateOf(encodingOf(expectTag(member, derTags.sequence))));
}

function certificateOf(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw Object.assign(new DerError('certificate'), { cause });
  }
}

/** RFC 5652 §5.3. */
function signerOf(info: DerValue, about: Content): X509Certificate {
  const [version, named, digest, signed, algorithm, signature] = membersOf(
    expectTag(info, derTags.sequence),
  );
  expectTag(version, derTags.integer);
  const attributes = expectTag(signed, contextTag(0, 'constructed'));
  const hash = hashOf(expectTag(digest, derTags.sequence));
  const signer = about.certificates.find((each) => isNamed(expected(named), each));
  if (signer === undefined) throw new SignatureMismatch('its certificate is not there');
  checkAttributes(attributesIn(attributes), { ...about, hash, signer });
  const data = Buffer.from(encodingOf(attributes));
  // RFC 5652 §5.4: signed as the SET OF that they are.
  data[0] = derTags.set;
  const octets = contentOf(expectTag(signature, derTags.octetString));
  if (!isSignedBy(signer, { data, octets, hash: hashFor(algorithm, hash) })) {
    throw new SignatureMismatch('the octets');
  }
  return signer;
}

interface Signed {
  readonly data: Buffer;
  readonly octets: Buffer;
  readonly hash: string;
}

function isSignedBy(signer: X509Certificate, { data, octets, hash }: Signed): boolean {
  try {
    const key = signer.publicKey;
    const kind = key.asymmetricKeyType;
    return (kind === 'rsa' || kind === 'ec') && verify(hash, data, key, octets);
  } catch (cause) {
    // OpenSSL throws for a key or a signature that it cannot read.
    if (cause instanceof Error) return false;
    throw cause;
  }
}

const hashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Of signatures: those that name their hash themselves (RFC 5754 §3). */
const signatureHashes: Readonly<Record<string, string | null>> = {
  [cmsOids.rsaEncryption]: null,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** SHA-1 and what else is not among them proves nothing any more. */
function hashOf(algorithm: DerValue): string {
  const hash = hashes[objectIdentifierOf(expected(membersOf(algorithm)[0]))];
  if (hash === undefined) throw new SignatureMismatch('a digest that proves nothing');
  return hash;
}

function hashFor(algorithm: DerValue | undefined, digest: string): string {
  const [oid] = membersOf(expectTag(algorithm, derTags.sequence));
  const hash = signatureHashes[objectIdentifierOf(expected(oid))];
  if (hash === undefined) throw new SignatureMismatch('a kind that is not known here');
  return hash ?? digest;
}

/** By issuer and serial number; RFC 5652 §5.3 knows key identifiers as well, which timestamp servers do not use. */
function isNamed(named: DerValue, { raw }: X509Certificate): boolean {
  const [issuer, serialNumber] = membersOf(expectTag(named, derTags.sequence));
  const structure = readStructure(raw);
  return (
    encodingOf(expected(issuer)).equals(encodingOf(structure.issuer)) &&
    contentOf(expectTag(serialNumber, derTags.integer)).equals(structure.serialNumber)
  );
}

type Attributes = ReadonlyMap<string, DerValue>;

function attributesIn(attributes: DerValue): Attributes {
  const found = new Map<string, DerValue>();
  for (const attribute of membersOf(attributes)) {
    const [type, values] = membersOf(expectTag(attribute, derTags.sequence));
    const [value] = membersOf(expectTag(values, derTags.set));
    const oid = objectIdentifierOf(expected(type));
    if (found.has(oid)) throw new DerError('each attribute once');
    found.set(oid, expected(value));
  }
  return found;
}

interface SignedBy extends Content {
  readonly hash: string;
  readonly signer: X509Certificate;
}

const signingCertificateV1 = '1.2.840.113549.1.9.16.2.12';

/** RFC 5652 §11.1, §11.2; RFC 3161 §2.4.2 with RFC 5816 §2.2: the certificate is signed for as well. */
function checkAttributes(attributes: Attributes, about: SignedBy): void {
  const type = attributes.get(cmsOids.contentType);
  if (type === undefined || objectIdentifierOf(type) !== about.contentType) {
    throw new SignatureMismatch('the type of the content');
  }
  const digest = attributes.get(cmsOids.messageDigest);
  const actual = createHash(about.hash).update(about.content).digest();
  if (digest === undefined || !contentOf(expectTag(digest, derTags.octetString)).equals(actual)) {
    throw new SignatureMismatch('the content');
  }
  const second = attributes.get(cmsOids.signingCertificateV2);
  const named = second ?? attributes.get(signingCertificateV1);
  if (named === undefined || !namesCertificate(named, second ? undefined : 'sha1', about.signer)) {
    throw new SignatureMismatch('the certificate');
  }
}

/** The first of the list is the signer's (RFC 5035 §5.4); SHA-256 where no other is named. */
function namesCertificate(
  named: DerValue,
  fixed: string | undefined,
  { raw }: X509Certificate,
): boolean {
  const [list] = membersOf(expectTag(named, derTags.sequence));
  const [identifier] = membersOf(expectTag(list, derTags.sequence));
  const [first, second] = membersOf(expectTag(identifier, derTags.sequence));
  const says = first?.tag === derTags.sequence;
  const hash = fixed ?? (says ? hashOf(first) : 'sha256');
  const digest = contentOf(expectTag(says ? second : first, derTags.octetString));
  return createHash(hash).update(raw).digest().equals(digest);
}

function expected(value: DerValue | undefined): DerValue {
  if (value === undefined) throw new DerError('whole structure');
  return value;
}

/** What a context tag is around. */
function onlyMember(value: DerValue | undefined, tag: number): DerValue {
  const [member, ...beyond] = membersOf(expectTag(value, contextTag(tag, 'constructed')));
  if (beyond.length > 0) throw new DerError('single value');
  return expected(member);
}
