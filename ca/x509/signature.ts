import { constants, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';

export type SignedStructure = {
  /** What was signed, tag and length included. */
  readonly signed: Buffer;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
};

export type SignatureAlgorithm = {
  /** As OpenSSL calls it; null for an algorithm that has its own, undefined for one that is not accepted. */
  readonly digest: string | null | undefined;
  readonly isPss: boolean;
};

/** `unaccepted`: an algorithm that proves nothing any more, or is not known. `misfit`: one that is not for such a key. */
export type SignatureFinding = 'valid' | 'invalid' | 'unaccepted' | 'misfit';

const RSASSA_PSS = '1.2.840.113549.1.1.10';

const digests: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
};

const pssDigests: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Reads an AlgorithmIdentifier. Throws DerError. */
export function readSignatureAlgorithm(identifier: der.Element): SignatureAlgorithm {
  const [type, parameters] = der.readAll(identifier.content);
  const oid = der.readObjectIdentifier(type);
  const isPss = oid === RSASSA_PSS;
  return { digest: isPss ? pssDigest(parameters) : digests[oid], isPss };
}

/** Verifies the signature of a request, certificate or revocation list. */
export function verifyStructure(
  { signed, algorithm: { digest, isPss }, signature }: SignedStructure,
  key: KeyObject,
): SignatureFinding {
  if (digest === undefined) return 'unaccepted';
  try {
    const how = isPss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING } : key;
    return verify(digest, signed, how, signature) ? 'valid' : 'invalid';
  } catch {
    // OpenSSL throws when algorithm and key do not belong together, for want of anything else to go wrong.
    return 'misfit';
  }
}

/** RFC 4055 §3.1: the digest is in [0]; without it, SHA-1, which is not accepted. */
function pssDigest(parameters: der.Element | undefined): string | undefined {
  const [first] = der.readAll(der.expectTag(parameters, der.tags.sequence).content);
  if (first?.tag !== 0xa0) return undefined;
  const [type] = der.readAll(der.readSingle(first.content, der.tags.sequence).content);
  return pssDigests[der.readObjectIdentifier(type)];
}
