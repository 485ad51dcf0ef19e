import { createHash, verify, X509Certificate } from 'node:crypto';
import { contentOf, DerError, inside, oid, tags } from '../proofs/der.ts';
import type { Value } from '../proofs/der.ts';

/** What a receipt says, and who says it. */
export type SignedData = { readonly content: Buffer; readonly signer: X509Certificate };

/** Why a receipt is none. */
export class SignedDataError extends Error {
  readonly code = 'signedData';
}

const DATA = oid('1.2.840.113549.1.7.1');
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');
const CONTENT_TYPE = oid('1.2.840.113549.1.9.3');
const MESSAGE_DIGEST = oid('1.2.840.113549.1.9.4');

type Options = {
  /** PEM of the roots that are trusted. */
  readonly roots: string;
  /** When the certificates have to be valid. */
  readonly at: Date;
};

/** Verifies CMS (RFC 5652 §5) of one signer, its path up to a root too. Throws SignedDataError. */
export function openSignedData(octets: Buffer, options: Options): SignedData {
  try {
    return open(octets, options);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new SignedDataError(`it is no CMS: ${cause.message}`, { cause });
  }
}

function open(octets: Buffer, { roots, at }: Options): SignedData {
  const [outer, ...more] = inside({ tag: 0, content: octets, raw: octets }, 0);
  if (more.length > 0) refuse('something follows the CMS');
  const [type, wrapped] = inside(outer, tags.sequence);
  if (type?.raw.equals(SIGNED_DATA) !== true) refuse('it is no SignedData');
  const [, , encapsulated, ...rest] = inside(inside(wrapped, 0xa0)[0], tags.sequence);
  const [contentType, explicit] = inside(encapsulated, tags.sequence);
  if (contentType?.raw.equals(DATA) !== true) refuse('its content is not id-data');
  const content = contentOf(inside(explicit, 0xa0)[0], tags.octetString);
  const certificates = inside(
    rest.find(({ tag }) => tag === 0xa0),
    0xa0,
  ).map(({ raw }) => new X509Certificate(raw));
  const signers = inside(
    rest.find(({ tag }) => tag === tags.set),
    tags.set,
  );
  const [info] = signers;
  if (info === undefined || signers.length > 1) refuse(`it has ${signers.length} signers`);
  const signer = signerOf(info, content, certificates);
  // Whatever else is in it is signed by nobody.
  const path = pathOf(signer, certificates, { roots, at });
  if (certificates.some((one) => !path.some(({ raw }) => raw.equals(one.raw)))) {
    refuse('it has a certificate that is not of its path');
  }
  return { content, signer };
}

/** RFC 5652 §5.4: what is signed are the attributes, and they hold the digest of the content. */
function signerOf(
  info: Value,
  content: Buffer,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const parts = inside(info, tags.sequence);
  const signed = parts.find(({ tag }) => tag === 0xa0);
  const signature = contentOf(
    parts.findLast(({ tag }) => tag === tags.octetString),
    0x04,
  );
  if (parts.some(({ tag }) => tag === 0xa1)) refuse('it has attributes that nobody signed');
  const attributes = inside(signed, 0xa0).map((one) => inside(one, tags.sequence));
  const valueOf = (type: Buffer): Value | undefined => {
    const [, values] = attributes.find(([name]) => name?.raw.equals(type)) ?? [];
    return inside(values, tags.set)[0];
  };
  if (valueOf(CONTENT_TYPE)?.raw.equals(DATA) !== true) refuse('it signs another type of content');
  const digest = createHash('sha256').update(content).digest();
  if (!contentOf(valueOf(MESSAGE_DIGEST), tags.octetString).equals(digest)) {
    refuse('its digest is not SHA-256 of the content');
  }
  // As a SET, whatever it stands as.
  const input = Buffer.concat([Buffer.of(tags.set), (signed?.raw ?? Buffer.alloc(0)).subarray(1)]);
  const found = certificates.find(
    (one) => isNamedBy(info, one) && verify('sha256', input, one.publicKey, signature),
  );
  return found ?? refuse('no certificate in it has made its signature');
}

/** By issuer and serial number, as they stand in both. */
function isNamedBy(info: Value, certificate: X509Certificate): boolean {
  const [, sid] = inside(info, tags.sequence);
  if (sid?.tag !== tags.sequence) return true;
  const [issuer, serial] = inside(sid, tags.sequence);
  const fields = inside(inside(readOne(certificate.raw), tags.sequence)[0], tags.sequence);
  return [issuer, serial].every((one) => fields.some(({ raw }) => one?.raw.equals(raw) === true));
}

function readOne(octets: Buffer): Value | undefined {
  return inside({ tag: 0, content: octets, raw: octets }, 0)[0];
}

/** From the signer to a root. */
function pathOf(
  signer: X509Certificate,
  certificates: readonly X509Certificate[],
  { roots, at }: Options,
): readonly X509Certificate[] {
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
  const anchors = (roots.match(pem) ?? []).map((one) => new X509Certificate(one));
  const path = [signer];
  for (let current = signer; path.length < 8; path.push(current)) {
    if (at < new Date(current.validFrom) || at > new Date(current.validTo)) {
      refuse('a certificate of its path is not in date');
    }
    if (anchors.some(({ raw }) => raw.equals(current.raw))) return path;
    const issuer = [...anchors, ...certificates].find(
      (one) => one.ca && current.checkIssued(one) && current.verify(one.publicKey),
    );
    current = issuer ?? refuse('its path leads to no root that is trusted');
  }
  return refuse('its path is too long');
}

function refuse(why: string): never {
  throw new SignedDataError(why);
}
