import { createHash, verify, X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';
import { readStructure } from './certificate-structure.ts';
import { cmsOids } from './cms-signed-data.ts';
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
  smallIntegerOf,
  type DerValue,
} from './der-reader.ts';

/** Plain data signed by one signer, with all that it takes to verify it; who the signer is was not asked. */
export interface VerifiedData {
  readonly content: Buffer;
  /** Of the signer first, then of whoever issued the one before; all that came are among them. */
  readonly chain: readonly X509Certificate[];
}

const mostCertificates = 8;

/**
 * A CMS SignedData (RFC 5652) around plain data, in the one form that a receipt has: DER, signed attributes, and nothing that
 * the signature does not cover but the chain, each of whose certificates is needed. So no octet can be changed, and no
 * second form says the same. Throws `DerError` and `CertificateError`.
 */
export function verifySignedData(der: Buffer): VerifiedData {
  const [type, wrapped, ...beyond] = membersOf(readWhole(der, derTags.sequence));
  if (beyond.length > 0) throw new DerError('ContentInfo');
  checkType(type, cmsOids.signedData);
  const members = membersOf(expectTag(only(wrapped, 0), derTags.sequence));
  const [version, digests, encapsulated, certificates, signers, ...more] = members;
  if (more.length > 0) throw new DerError('SignedData');
  checkVersion(version);
  const content = plainContent(encapsulated);
  const found = membersOf(expectTag(certificates, contextTag(0, 'constructed')));
  const [info, ...others] = membersOf(expectTag(signers, derTags.set));
  if (others.length > 0) throw new DerError('SignedData of one signer');
  const chain = chainOf(found, info);
  checkSigner(info, { content, digests, signer: chain[0] });
  return { content, chain };
}

function plainContent(encapsulated: DerValue | undefined): Buffer {
  const [type, inside, ...beyond] = membersOf(expectTag(encapsulated, derTags.sequence));
  if (beyond.length > 0) throw new DerError('content');
  checkType(type, cmsOids.data);
  return contentOf(expectTag(only(inside, 0), derTags.octetString));
}

/** From the signer's certificate upwards, by issuer and signature, until all that came are used. */
function chainOf(
  found: readonly DerValue[],
  info: DerValue | undefined,
): readonly X509Certificate[] {
  if (found.length > mostCertificates) throw new DerError('list of certificates');
  const left = found.map((each) => certificateOf(encodingOf(expectTag(each, derTags.sequence))));
  const [, named] = membersOf(expectTag(info, derTags.sequence));
  const first = left.findIndex((each) => isNamed(named, each));
  const chain = left.splice(first, first < 0 ? 0 : 1);
  for (let last = chain[0]; last !== undefined && left.length > 0; last = chain.at(-1)) {
    const subject = last;
    const next = left.findIndex((each) => isIssuedBy(subject, each));
    if (next < 0) break;
    chain.push(...left.splice(next, 1));
  }
  if (chain.length > 0 && left.length === 0) return chain;
  throw new CertificateError('chain-broken', 'the certificates of a SignedData are no chain');
}

const isIssuedBy = (subject: X509Certificate, issuer: X509Certificate): boolean =>
  subject.checkIssued(issuer) && subject.verify(issuer.publicKey);

function certificateOf(der: Buffer): X509Certificate {
  readStructure(der);
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new CertificateError('unreadable', 'a certificate of a SignedData cannot be read', {
      cause,
    });
  }
}

/** By issuer and serial number (RFC 5652 §5.3). */
function isNamed(named: DerValue | undefined, { raw }: X509Certificate): boolean {
  const [issuer, serialNumber, ...beyond] = membersOf(expectTag(named, derTags.sequence));
  const structure = readStructure(raw);
  return (
    beyond.length === 0 &&
    encodingOf(expectTag(issuer, derTags.sequence)).equals(encodingOf(structure.issuer)) &&
    contentOf(expectTag(serialNumber, derTags.integer)).equals(structure.serialNumber)
  );
}

interface Signed {
  readonly content: Buffer;
  /** Of the whole SignedData. */
  readonly digests: DerValue | undefined;
  readonly signer: X509Certificate | undefined;
}

/** RFC 5652 §5.3, §5.4. */
function checkSigner(info: DerValue | undefined, { content, digests, signer }: Signed): void {
  const [version, , digest, attributes, algorithm, signature, ...unsigned] = membersOf(
    expectTag(info, derTags.sequence),
  );
  checkVersion(version);
  if (unsigned.length > 0) throw new DerError('SignerInfo without unsigned attributes');
  const hash = hashOf(digest);
  const [named, ...others] = membersOf(expectTag(digests, derTags.set));
  const same = encodingOf(expectTag(digest, derTags.sequence));
  if (others.length > 0 || !encodingOf(expectTag(named, derTags.sequence)).equals(same)) {
    throw new DerError('SignedData of one digest');
  }
  const signed = expectTag(attributes, contextTag(0, 'constructed'));
  checkAttributes(signed, createHash(hash).update(content).digest());
  const data = Buffer.from(encodingOf(signed));
  // §5.4: signed as the SET OF that they are.
  data[0] = derTags.set;
  const octets = contentOf(expectTag(signature, derTags.octetString));
  if (signer === undefined || !isSignedBy(signer, { data, octets, algorithm, hash })) {
    throw new CertificateError('chain-broken', 'the signature of a SignedData does not fit');
  }
}

const hashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** A digest algorithm has no parameters, or NULL (RFC 5754 §2). */
function hashOf(algorithm: DerValue | undefined): string {
  const hash = hashes[algorithmOf(algorithm)];
  if (hash === undefined) throw new DerError('digest that proves something');
  return hash;
}

function algorithmOf(algorithm: DerValue | undefined): string {
  const [oid, parameters, ...beyond] = membersOf(expectTag(algorithm, derTags.sequence));
  const isNull =
    parameters === undefined || encodingOf(parameters).equals(Buffer.from([0x05, 0x00]));
  if (oid === undefined || !isNull || beyond.length > 0) throw new DerError('algorithm');
  return objectIdentifierOf(oid);
}

interface SignatureOctets {
  readonly data: Buffer;
  readonly octets: Buffer;
  readonly algorithm: DerValue | undefined;
  readonly hash: string;
}

/** By kind of key: RFC 5754 §3.2 and §3.3, RFC 8419 §2.3; `null`: the kind of key hashes by itself. */
const signatures: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  rsa: {
    sha256: [cmsOids.rsaEncryption, '1.2.840.113549.1.1.11'],
    sha384: [cmsOids.rsaEncryption, '1.2.840.113549.1.1.12'],
    sha512: [cmsOids.rsaEncryption, '1.2.840.113549.1.1.13'],
  },
  ec: {
    sha256: ['1.2.840.10045.4.3.2'],
    sha384: ['1.2.840.10045.4.3.3'],
    sha512: ['1.2.840.10045.4.3.4'],
  },
  ed25519: { sha512: ['1.3.101.112'] },
};

function isSignedBy(
  { publicKey }: X509Certificate,
  { data, octets, algorithm, hash }: SignatureOctets,
): boolean {
  const kind = publicKey.asymmetricKeyType ?? '';
  if (signatures[kind]?.[hash]?.includes(algorithmOf(algorithm)) !== true) return false;
  return verify(kind === 'ed25519' ? null : hash, data, publicKey, octets);
}

/** §5.3: in DER the attributes of a set have an order, and each is there once. */
function checkAttributes(signed: DerValue, digest: Buffer): void {
  const members = membersOf(signed);
  const found = new Map<string, DerValue>();
  for (const [index, member] of members.entries()) {
    const before = members[index - 1];
    if (before && Buffer.compare(encodingOf(before), encodingOf(member)) >= 0) {
      throw new DerError('ordered set');
    }
    const [type, values, ...beyond] = membersOf(expectTag(member, derTags.sequence));
    const [value, ...others] = membersOf(expectTag(values, derTags.set));
    const oid = type && objectIdentifierOf(type);
    const isOnce = oid !== undefined && !found.has(oid);
    if (!isOnce || value === undefined || [...beyond, ...others].length > 0) {
      throw new DerError('attribute');
    }
    found.set(oid, value);
  }
  checkType(found.get(cmsOids.contentType), cmsOids.data);
  const said = contentOf(expectTag(found.get(cmsOids.messageDigest), derTags.octetString));
  if (!said.equals(digest)) {
    throw new CertificateError('chain-broken', 'the content of a SignedData was changed');
  }
}

/** §5.1: 1 is the version of plain data and of a signer by issuer and serial number. */
function checkVersion(version: DerValue | undefined): void {
  if (smallIntegerOf(expectTag(version, derTags.integer)) !== 1) throw new DerError('version 1');
}

function checkType(type: DerValue | undefined, wanted: string): void {
  if (type === undefined || objectIdentifierOf(type) !== wanted) throw new DerError('that type');
}

/** What a context tag is around. */
function only(value: DerValue | undefined, tag: number): DerValue {
  const [member, ...beyond] = membersOf(expectTag(value, contextTag(tag, 'constructed')));
  if (member === undefined || beyond.length > 0) throw new DerError('single value');
  return member;
}
