import type { Identifier } from '../../shared/failure.ts';
import type { Purpose, ServiceUsage } from '../../shared/models/enrollment-profile.ts';
import type { Signer } from '../keys/signer.ts';
import {
  bitString,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  booleanTrue,
  utf8String,
} from './der.ts';
import { extendedKeyUsagesFor } from './extended-key-usage.ts';
import { algorithmIdentifier, signatureValue } from './signature-algorithm.ts';
import {
  subjectAlternativeName,
  subjectAlternativeNameOid,
  UnsupportedName,
} from './subject-alternative-name.ts';

export interface CertificateRequestDetails {
  /** The key to be certified. */
  readonly signer: Signer;
  /** When not given, no usage is asked for: the CA's profile decides (draft-ietf-acme-profiles §1). */
  readonly purpose?: Purpose | undefined;
  /** Asked for in place of the purpose's usual one. */
  readonly usages?: readonly ServiceUsage[] | undefined;
  /** Left out of the subject when not given; the CA may fill it in. */
  readonly commonName?: string;
  /** Those of the order (RFC 8555 §7.4). */
  readonly identifiers: readonly Identifier[];
  readonly userPrincipalName?: string;
}

/** A PKCS #10 request (RFC 2986), DER. Throws `UnsupportedName` for an identifier that has no place in a certificate. */
export async function createCertificateRequest(
  details: CertificateRequestDetails,
): Promise<Uint8Array> {
  const { signer } = details;
  const toBeSigned = sequence(
    integer(0),
    subjectOf(details.commonName),
    signer.publicSpki,
    explicit(0, extensionRequest(extensionsOf(details))),
  );
  const signature = await signer.sign(toBeSigned);
  return sequence(
    toBeSigned,
    algorithmIdentifier(signer.algorithm),
    bitString(signatureValue(signer.algorithm, signature)),
  );
}

const oids = {
  commonName: '2.5.4.3',
  extensionRequest: '1.2.840.113549.1.9.14',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** The attributes are `[0] IMPLICIT SET OF`, so one of them needs no tag of its own; RFC 2985 §5.4.2. */
const extensionRequest = (extensions: readonly Buffer[]): Buffer =>
  sequence(objectIdentifier(oids.extensionRequest), setOf(sequence(...extensions)));

// RFC 5280, appendix A.1: ub-common-name.
const longestCommonName = 64;

function subjectOf(commonName: string | undefined): Buffer {
  if (commonName === undefined) return sequence();
  if (commonName === '' || commonName.length > longestCommonName) {
    throw new UnsupportedName('commonName', 'the common name is empty or too long');
  }
  const attribute = sequence(objectIdentifier(oids.commonName), utf8String(commonName));
  return sequence(setOf(attribute));
}

function extensionsOf(details: CertificateRequestDetails): readonly Buffer[] {
  const { purpose, usages, signer, commonName } = details;
  const extensions = [extension(oids.keyUsage, 'critical', keyUsageFor(purpose, signer))];
  if (purpose !== undefined) {
    const wanted = sequence(...extendedKeyUsagesFor(purpose, usages).map(objectIdentifier));
    extensions.push(extension(oids.extendedKeyUsage, 'not critical', wanted));
  }
  const names = subjectAlternativeName(details);
  // RFC 5280 §4.2.1.6: critical exactly when the subject is empty.
  const weight = commonName === undefined ? 'critical' : 'not critical';
  if (names) extensions.push(extension(subjectAlternativeNameOid, weight, names));
  return extensions;
}

const extension = (oid: string, weight: 'critical' | 'not critical', value: Buffer): Buffer =>
  weight === 'critical'
    ? sequence(objectIdentifier(oid), booleanTrue(), octetString(value))
    : sequence(objectIdentifier(oid), octetString(value));

// RFC 5280 §4.2.1.3: bits from the highest on; X.690 §11.2.2: without the zeros behind the last one.
const signing = { octet: 0b1000_0000, unused: 7 };
const signingAndEncryption = { octet: 0b1010_0000, unused: 5 };
const signingAndAgreement = { octet: 0b1000_1000, unused: 3 };

const receiving = {
  RS256: signingAndEncryption,
  ES256: signingAndAgreement,
  ES384: signingAndAgreement,
  // RFC 8410 §5: such a key can agree on nothing.
  EdDSA: signing,
} as const;

/** Signing, and for mail what it takes to be written to (RFC 8550 §4.4.2). */
function keyUsageFor(purpose: Purpose | undefined, { algorithm }: Signer): Buffer {
  const { octet, unused } = purpose === 'email' ? receiving[algorithm] : signing;
  return bitString(Buffer.from([octet]), unused);
}
