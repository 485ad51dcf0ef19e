import { createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  data: '1.2.840.113549.1.7.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

export type SignedContent = {
  /** Octets of the eContent. */
  readonly content: Buffer;
  /** Object identifier of what they are; plain data when not said (RFC 5652 §4). */
  readonly contentType?: string;
  /** P-256. */
  readonly key: KeyObject;
  /** Of that key, DER. */
  readonly certificate: Buffer;
  /** What goes along, DER, in any order. */
  readonly certificates: readonly Buffer[];
  /** When it is signed, to be said in it (RFC 5652 §11.3); not said when undefined. */
  readonly signingTime?: Date;
};

/** A ContentInfo with a SignedData of one signer (RFC 5652 §5.1), ECDSA with SHA-256; DER. */
export function signData(signed: SignedContent): Buffer {
  const { content, contentType = oids.data, certificates } = signed;
  const enclosed =
    certificates.length === 0 ? [] : [der.explicit(0, ...inOrder([...certificates]))];
  const signedData = der.sequence(
    // §5.1: 3 for anything but plain data.
    der.smallInteger(contentType === oids.data ? 1 : 3),
    der.set(sha256()),
    der.sequence(der.objectIdentifier(contentType), der.explicit(0, der.octetString(content))),
    ...enclosed,
    der.set(signerInfo(signed, contentType)),
  );
  return der.sequence(der.objectIdentifier(oids.signedData), der.explicit(0, signedData));
}

function signerInfo(
  { content, key, certificate, signingTime }: SignedContent,
  contentType: string,
): Buffer {
  const digest = createHash('sha256').update(content).digest();
  const certificateDigest = createHash('sha256').update(certificate).digest();
  const attributes = inOrder([
    attribute(oids.contentType, der.objectIdentifier(contentType)),
    attribute(oids.messageDigest, der.octetString(digest)),
    // RFC 5816 §2.2.2, with SHA-256, which is left out as the default (RFC 5035 §4).
    attribute(
      oids.signingCertificateV2,
      der.sequence(der.sequence(der.sequence(der.octetString(certificateDigest)))),
    ),
    ...(signingTime === undefined ? [] : [attribute(oids.signingTime, der.time(signingTime))]),
  ]);
  return der.sequence(
    der.smallInteger(1),
    issuerAndSerialNumber(certificate),
    sha256(),
    der.explicit(0, ...attributes),
    der.sequence(der.objectIdentifier(oids.ecdsaWithSha256)),
    // RFC 5652 §5.4: signed as a SET, and written under another tag.
    der.octetString(sign('sha256', der.set(...attributes), key)),
  );
}

/** RFC 5280 §4.1: the third and the second member behind the version. */
function issuerAndSerialNumber(certificate: Buffer): Buffer {
  const [toBeSigned] = der.readAll(der.readSingle(certificate, der.tags.sequence).content);
  const [, serial, , issuer] = der.readAll(der.expectTag(toBeSigned, der.tags.sequence).content);
  return der.sequence(
    der.expectTag(issuer, der.tags.sequence).raw,
    der.expectTag(serial, der.tags.integer).raw,
  );
}

const attribute = (type: string, value: Buffer): Buffer =>
  der.sequence(der.objectIdentifier(type), der.set(value));

/** X.690 §11.6: of a set-of, by their octets. */
const inOrder = (members: readonly Buffer[]): readonly Buffer[] =>
  [...members].sort((one, other) => Buffer.compare(one, other));

const sha256 = (): Buffer => der.sequence(der.objectIdentifier(oids.sha256));
