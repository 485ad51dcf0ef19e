import { createHash } from 'node:crypto';
import type { SignatureAlgorithm, Signer } from '../keys/signer.ts';
import { readStructure } from './certificate-structure.ts';
import { encodingOf } from './der-reader.ts';
import {
  explicit,
  generalizedTime,
  implicitConstructed,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
  utcTime,
} from './der.ts';
import { algorithmIdentifier, signatureValue } from './signature-algorithm.ts';

export interface SignedDataContents {
  readonly signer: Signer;
  /** DER, of the signer's key. */
  readonly certificate: Uint8Array;
  /** DER, put in beside it for those who verify. */
  readonly chain: readonly Uint8Array[];
  /** In pieces where it does not lie in one. */
  readonly content: Uint8Array | readonly Uint8Array[];
  /** OID; plain data when not given. */
  readonly contentType?: string;
  /** `enveloped`: the content is inside. `detached`: whoever verifies has it already (RFC 5652 §5.2). */
  readonly form: 'enveloped' | 'detached';
  /** When the signer says it was; left out when not given (PAdES has it elsewhere). */
  readonly signingTime?: Date;
  /** Whole Attributes, signed beside content type, digest and time. */
  readonly signedAttributes?: readonly Uint8Array[];
  /** Whole Attributes about the signature, made once it is there, e.g. a timestamp of it. */
  readonly unsignedAttributes?: (signature: Uint8Array) => Promise<readonly Uint8Array[]>;
}

export const cmsOids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
  rsaEncryption: '1.2.840.113549.1.1.1',
} as const;

/** Which hash goes with a signature: RFC 5754 §2 and, for Ed25519, RFC 8419 §2.3. */
export const cmsDigests: Readonly<
  Record<SignatureAlgorithm, { readonly hash: string; readonly oid: string }>
> = {
  RS256: { hash: 'sha256', oid: '2.16.840.1.101.3.4.2.1' },
  ES256: { hash: 'sha256', oid: '2.16.840.1.101.3.4.2.1' },
  ES384: { hash: 'sha384', oid: '2.16.840.1.101.3.4.2.2' },
  EdDSA: { hash: 'sha512', oid: '2.16.840.1.101.3.4.2.3' },
};

/** RFC 5652 §5.3. */
export const cmsAttribute = (type: string, ...values: readonly Uint8Array[]): Buffer =>
  sequence(objectIdentifier(type), setOf(...values));

/** RFC 3161, appendix A: what a timestamp server says about a signature, beside it. */
export const timeStampAttribute = (token: Uint8Array): Buffer =>
  cmsAttribute(cmsOids.timeStampToken, token);

/** ContentInfo with a SignedData of one signer, DER (RFC 5652 §3, §5.1). */
export async function createSignedData(contents: SignedDataContents): Promise<Buffer> {
  const { signer, certificate, chain, content, contentType = cmsOids.data, form } = contents;
  const digestAlgorithm = sequence(objectIdentifier(cmsDigests[signer.algorithm].oid));
  const inside =
    form === 'enveloped' ? [explicit(0, octetString(Buffer.concat(piecesOf(content))))] : [];
  const signedData = sequence(
    // §5.1: 1 where content is plain data and signers are named by issuer and serial number.
    integer(contentType === cmsOids.data ? 1 : 3),
    setOf(digestAlgorithm),
    sequence(objectIdentifier(contentType), ...inside),
    implicitConstructed(0, setOf(certificate, ...chain)),
    setOf(await signerInfo(contents, digestAlgorithm)),
  );
  return sequence(objectIdentifier(cmsOids.signedData), explicit(0, signedData));
}

/** RFC 5652 §5.3. */
async function signerInfo(
  contents: SignedDataContents,
  digestAlgorithm: Uint8Array,
): Promise<Buffer> {
  const { signer, certificate, unsignedAttributes } = contents;
  const attributes = setOf(...signedAttributesOf(contents));
  // §5.4: what is signed is the set with a tag of its own, not the one that it has inside.
  const signature = signatureValue(signer.algorithm, await signer.sign(attributes));
  const unsigned = (await unsignedAttributes?.(signature)) ?? [];
  return sequence(
    integer(1),
    issuerAndSerialNumber(certificate),
    digestAlgorithm,
    implicitConstructed(0, attributes),
    signatureAlgorithm(signer.algorithm),
    octetString(signature),
    ...(unsigned.length > 0 ? [implicitConstructed(1, setOf(...unsigned))] : []),
  );
}

/** §5.3: content type and digest are required as soon as there are any. */
function signedAttributesOf(contents: SignedDataContents): readonly Uint8Array[] {
  const { signer, certificate, content, contentType = cmsOids.data } = contents;
  const { signingTime, signedAttributes = [] } = contents;
  const hash = createHash(cmsDigests[signer.algorithm].hash);
  for (const piece of piecesOf(content)) hash.update(piece);
  return [
    cmsAttribute(cmsOids.contentType, objectIdentifier(contentType)),
    cmsAttribute(cmsOids.messageDigest, octetString(hash.digest())),
    cmsAttribute(cmsOids.signingCertificateV2, signingCertificate(certificate)),
    ...(signingTime ? [cmsAttribute(cmsOids.signingTime, timeValue(signingTime))] : []),
    ...signedAttributes,
  ];
}

const piecesOf = (content: SignedDataContents['content']): readonly Uint8Array[] =>
  content instanceof Uint8Array ? [content] : content;

/** RFC 5035 §3: no other certificate for that key can take its place. SHA-256 is the default, and left out. */
const signingCertificate = (certificate: Uint8Array): Buffer =>
  sequence(sequence(sequence(octetString(createHash('sha256').update(certificate).digest()))));

/** §11.3: dates through 2049 are UTCTime. */
const timeValue = (time: Date): Buffer =>
  time.getUTCFullYear() < 2050 ? utcTime(time) : generalizedTime(time);

function issuerAndSerialNumber(certificate: Uint8Array): Buffer {
  const { issuer, serialNumber } = readStructure(Buffer.from(certificate));
  return sequence(encodingOf(issuer), unsignedInteger(serialNumber));
}

/** RFC 5754 §3.2: whoever reads RSA must know it by the key's own name, and may know it by that with the hash. */
const signatureAlgorithm = (algorithm: SignatureAlgorithm): Buffer =>
  algorithm === 'RS256'
    ? sequence(objectIdentifier(cmsOids.rsaEncryption), nullValue())
    : algorithmIdentifier(algorithm);
