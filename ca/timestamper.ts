import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Hierarchy } from './hierarchy.ts';
import { newSerial, signCertificate } from './x509/certificate.ts';
import * as der from './x509/der.ts';
import * as extensions from './x509/extensions.ts';
import { encodeName } from './x509/names.ts';

/** Says when it saw something, by its own key (RFC 3161). */
export type Timestamper = {
  /** TimeStampResp, DER: a token, or why there is none. */
  answer(query: Buffer): Buffer;
};

/** What is not granted, by the bit of PKIFailureInfo that says why (RFC 3161 §2.4.2). */
const failures = {
  badAlgorithm: 0,
  badRequest: 2,
  badDataFormat: 5,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
} as const;

class Rejection extends Error {
  readonly code = 'rejection';
  readonly failure: keyof typeof failures;

  constructor(failure: keyof typeof failures) {
    super(`no timestamp: ${failure}`);
    this.failure = failure;
  }
}

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  /** The number that RFC 5612 keeps for examples: this CA promises nothing to anybody. */
  policy: '1.3.6.1.4.1.32473.1',
} as const;

/** Octets of what may be stamped, by its digest's name. SHA-1 and MD5 are missing: two documents can be made that share theirs. */
const lengths: Readonly<Record<string, number>> = {
  [oids.sha256]: 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
};

const DAY = 86_400_000;

/** With a key of its own for this run: a token brings its certificate along, which outlives the key. */
export function createTimestamper(hierarchy: Hierarchy, clock: () => Date): Timestamper {
  const identity = certifyNewKey(hierarchy, clock());
  return {
    answer(query) {
      try {
        return granted(token(readQuery(query), { ...identity, now: clock() }));
      } catch (error) {
        if (error instanceof Rejection) return rejected(error.failure);
        if (error instanceof der.DerError) return rejected('badDataFormat');
        throw error;
      }
    },
  };
}

type SigningIdentity = {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
  readonly issuerCertificate: Buffer;
};

function certifyNewKey({ issuer }: Hierarchy, now: Date): SigningIdentity {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' });
  const certificate = signCertificate(
    {
      serial: newSerial(),
      issuer: issuer.name,
      notBefore: new Date(now.getTime() - DAY),
      notAfter: issuer.notAfter,
      subject: encodeName({
        commonName: 'Local CA Timestamps',
        organization: 'Local CA (this computer only)',
      }),
      publicKeyInfo,
      extensions: [
        extensions.basicConstraints('leaf'),
        extensions.keyUsage(['digitalSignature']),
        // RFC 3161 §2.3: this usage and no other, and critical.
        {
          type: extensions.extensionTypes.extendedKeyUsage,
          critical: true,
          value: der.sequence(der.objectIdentifier(oids.timeStamping)),
        },
        extensions.subjectKeyIdentifier(extensions.keyIdentifier(publicKeyInfo)),
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(issuer.publicKeyInfo)),
      ],
    },
    issuer.key,
  );
  return { key, certificate, issuerCertificate: issuer.certificate };
}

type Query = {
  /** MessageImprint, DER. */
  readonly imprint: Buffer;
  /** INTEGER, DER. */
  readonly nonce: Buffer | undefined;
  readonly wantsCertificates: boolean;
};

/** RFC 3161 §2.4.1. */
function readQuery(query: Buffer): Query {
  const [version, imprint, ...optional] = der.readAll(
    der.readSingle(query, der.tags.sequence).content,
  );
  if (der.readSmallInteger(version) !== 1) throw new Rejection('badRequest');
  checkImprint(der.expectTag(imprint, der.tags.sequence).content);
  const members = [...optional];
  const take = (tag: number) => (members[0]?.tag === tag ? members.shift() : undefined);
  const policy = take(der.tags.objectIdentifier);
  if (policy !== undefined && der.readObjectIdentifier(policy) !== oids.policy) {
    throw new Rejection('unacceptedPolicy');
  }
  const nonce = take(der.tags.integer);
  const certificates = take(der.tags.boolean);
  if (take(0xa0) !== undefined) throw new Rejection('unacceptedExtension');
  if (members.length > 0) throw new Rejection('badDataFormat');
  return {
    imprint: der.expectTag(imprint, der.tags.sequence).raw,
    nonce: nonce?.raw,
    wantsCertificates: certificates !== undefined && der.readBoolean(certificates),
  };
}

function checkImprint(imprint: Buffer): void {
  const [algorithm, digest, ...beyond] = der.readAll(imprint);
  const [name] = der.readAll(der.expectTag(algorithm, der.tags.sequence).content);
  const length = lengths[der.readObjectIdentifier(name)];
  if (length === undefined) throw new Rejection('badAlgorithm');
  const { content } = der.expectTag(digest, der.tags.octetString);
  if (content.length !== length || beyond.length > 0) throw new Rejection('badDataFormat');
}

type Stamping = SigningIdentity & { readonly now: Date };

/** RFC 3161 §2.4.2: a SignedData (RFC 5652 §5.1) around what is said. */
function token(query: Query, stamping: Stamping): Buffer {
  const { certificate, issuerCertificate } = stamping;
  const content = information(query, stamping.now);
  const certificates = query.wantsCertificates
    ? [der.explicit(0, ...inOrder([certificate, issuerCertificate]))]
    : [];
  const signedData = der.sequence(
    der.smallInteger(3),
    der.set(sha256()),
    der.sequence(der.objectIdentifier(oids.tstInfo), der.explicit(0, der.octetString(content))),
    ...certificates,
    der.set(signerInfo(content, stamping)),
  );
  return der.sequence(der.objectIdentifier(oids.signedData), der.explicit(0, signedData));
}

function information({ imprint, nonce }: Query, now: Date): Buffer {
  const digits = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '');
  return der.sequence(
    der.smallInteger(1),
    der.objectIdentifier(oids.policy),
    imprint,
    der.integer(newSerial()),
    der.encode(der.tags.generalizedTime, Buffer.from(digits, 'ascii')),
    // Accuracy: it is told to the second.
    der.sequence(der.smallInteger(1)),
    ...(nonce === undefined ? [] : [nonce]),
  );
}

function signerInfo(content: Buffer, { key, certificate }: Stamping): Buffer {
  const digest = createHash('sha256').update(content).digest();
  const certificateDigest = createHash('sha256').update(certificate).digest();
  const attributes = inOrder([
    attribute(oids.contentType, der.objectIdentifier(oids.tstInfo)),
    attribute(oids.messageDigest, der.octetString(digest)),
    // RFC 5816 §2.2.2, with SHA-256, which is left out as the default (RFC 5035 §4).
    attribute(
      oids.signingCertificateV2,
      der.sequence(der.sequence(der.sequence(der.octetString(certificateDigest)))),
    ),
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

const granted = (stamp: Buffer): Buffer => der.sequence(der.sequence(der.smallInteger(0)), stamp);

function rejected(failure: keyof typeof failures): Buffer {
  const bit = failures[failure];
  const octets = Buffer.alloc(Math.floor(bit / 8) + 1);
  octets[octets.length - 1] = 0x80 >> (bit % 8);
  return der.sequence(der.sequence(der.smallInteger(2), der.bitString(octets, 7 - (bit % 8))));
}
