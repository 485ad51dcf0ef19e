import type { Hierarchy } from './hierarchy.ts';
import { certifyOwnSigner } from './own-signer.ts';
import type { OwnSigner } from './own-signer.ts';
import { newSerial } from './x509/certificate.ts';
import * as der from './x509/der.ts';
import { signData } from './x509/signed-data.ts';

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
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  sha256: '2.16.840.1.101.3.4.2.1',
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

/** With a key of its own for this run: a token brings its certificate along, which outlives the key. */
export function createTimestamper(hierarchy: Hierarchy, clock: () => Date): Timestamper {
  const signer = certifyOwnSigner(hierarchy, {
    commonName: 'Local CA Timestamps',
    // RFC 3161 §2.3: this usage and no other, and critical.
    ...{ purpose: oids.timeStamping, purposeIsCritical: true },
    now: clock(),
  });
  const identity = { ...signer, issuerCertificate: hierarchy.issuer.certificate };
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

type SigningIdentity = OwnSigner & {
  /** DER. */
  readonly issuerCertificate: Buffer;
};

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
function token(query: Query, { key, certificate, issuerCertificate, now }: Stamping): Buffer {
  return signData({
    content: information(query, now),
    contentType: oids.tstInfo,
    ...{ key, certificate },
    certificates: query.wantsCertificates ? [certificate, issuerCertificate] : [],
  });
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

const granted = (stamp: Buffer): Buffer => der.sequence(der.sequence(der.smallInteger(0)), stamp);

function rejected(failure: keyof typeof failures): Buffer {
  const bit = failures[failure];
  const octets = Buffer.alloc(Math.floor(bit / 8) + 1);
  octets[octets.length - 1] = 0x80 >> (bit % 8);
  return der.sequence(der.sequence(der.smallInteger(2), der.bitString(octets, 7 - (bit % 8))));
}
