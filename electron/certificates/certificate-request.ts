import 'reflect-metadata';
import {
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  Pkcs10CertificateRequestGenerator,
} from '@peculiar/x509';
import type { Identifier } from '../../shared/failure.ts';
import type { Purpose } from '../../shared/models/enrollment-profile.ts';
import type { Signer } from '../keys/signer.ts';
import { extendedKeyUsageFor } from './extended-key-usage.ts';
import { signerCrypto } from './signer-crypto.ts';
import {
  subjectAlternativeName,
  subjectAlternativeNameOid,
  UnsupportedName,
} from './subject-alternative-name.ts';

export interface CertificateRequestDetails {
  /** The key to be certified. */
  readonly signer: Signer;
  readonly purpose: Purpose;
  /** Left out of the subject when not given; the CA may fill it in. */
  readonly commonName?: string;
  /** Those of the order (RFC 8555 §7.4). */
  readonly identifiers: readonly Identifier[];
  readonly userPrincipalName?: string;
}

/** A PKCS #10 request, DER. Throws `UnsupportedName` for an identifier that has no place in a certificate. */
export async function createCertificateRequest(
  details: CertificateRequestDetails,
): Promise<Uint8Array> {
  const { signer, commonName } = details;
  const { crypto, keys, signingAlgorithm } = signerCrypto(signer);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      ...(commonName !== undefined && { name: subjectOf(commonName) }),
      keys,
      signingAlgorithm,
      extensions: extensionsOf(details),
    },
    crypto,
  );
  return new Uint8Array(request.rawData);
}

// RFC 5280, appendix A.1: ub-common-name.
const longestCommonName = 64;

function subjectOf(commonName: string): Name {
  if (commonName === '' || commonName.length > longestCommonName) {
    throw new UnsupportedName('commonName', 'the common name is empty or too long');
  }
  return new Name([{ CN: [{ utf8String: commonName }] }]);
}

function extensionsOf(details: CertificateRequestDetails): Extension[] {
  const { purpose, signer } = details;
  const extensions: Extension[] = [
    new KeyUsagesExtension(keyUsageFor(purpose, signer), true),
    new ExtendedKeyUsageExtension([extendedKeyUsageFor[purpose]], false),
  ];
  const names = subjectAlternativeName(details);
  // RFC 5280 §4.2.1.6: critical exactly when the subject is empty.
  const critical = details.commonName === undefined;
  if (names) extensions.push(new Extension(subjectAlternativeNameOid, critical, names));
  return extensions;
}

/** Signing, and for mail what it takes to be written to (RFC 8550 §4.4.2). */
function keyUsageFor(purpose: Purpose, { algorithm }: Signer): KeyUsageFlags {
  if (purpose !== 'email') return KeyUsageFlags.digitalSignature;
  const received =
    algorithm === 'RS256' ? KeyUsageFlags.keyEncipherment : KeyUsageFlags.keyAgreement;
  return KeyUsageFlags.digitalSignature | received;
}
