import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { readCommonNames } from './names.ts';

/** A PKCS#10 request (RFC 2986) whose signature was checked. */
export type CertificationRequest = {
  readonly publicKey: KeyObject;
  readonly commonNames: readonly string[];
  /** The requested extensions' values, by object identifier. */
  readonly extensions: ReadonlyMap<string, Buffer>;
};

/** What is wrong with a certification request, in words for its author. */
export class RequestError extends Error {
  readonly code = 'badRequest';
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
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

/** Reads a DER request and proves that its author holds the key. Throws RequestError. */
export function readCertificationRequest(bytes: Buffer): CertificationRequest {
  try {
    return read(bytes);
  } catch (cause) {
    if (cause instanceof der.DerError) {
      throw new RequestError(`The request is no PKCS#10: ${cause.message}.`, { cause });
    }
    throw cause;
  }
}

function read(bytes: Buffer): CertificationRequest {
  const [info, algorithm, signature] = der.readAll(
    der.readSingle(bytes, der.tags.sequence).content,
  );
  const body = der.expectTag(info, der.tags.sequence);
  const [version, subject, publicKeyInfo, attributes] = der.readAll(body.content);
  if (!der.expectTag(version, der.tags.integer).content.equals(Buffer.of(0))) {
    throw new RequestError('The request is of an unknown version.');
  }
  const key = importPublicKey(der.expectTag(publicKeyInfo, der.tags.sequence).raw);
  checkSignature(body.raw, der.expectTag(algorithm, der.tags.sequence), signature, key);
  return {
    publicKey: key,
    commonNames: readCommonNames(der.expectTag(subject, der.tags.sequence)),
    extensions: readExtensions(attributes),
  };
}

function importPublicKey(publicKeyInfo: Buffer): KeyObject {
  try {
    return createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new RequestError('The public key in the request cannot be read.', { cause });
  }
}

function checkSignature(
  signed: Buffer,
  algorithm: der.Element,
  signature: der.Element | undefined,
  key: KeyObject,
): void {
  const [type, parameters] = der.readAll(algorithm.content);
  const oid = der.readObjectIdentifier(type);
  const bytes = der.readBitString(signature);
  if (!isSigned(oid, parameters, { signed, bytes, key })) {
    throw new RequestError('The signature of the request does not verify with its own key.');
  }
}

type Signed = { readonly signed: Buffer; readonly bytes: Buffer; readonly key: KeyObject };

function isSigned(
  oid: string,
  parameters: der.Element | undefined,
  { signed, bytes, key }: Signed,
): boolean {
  try {
    if (oid === RSASSA_PSS) {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify(pssDigest(parameters), signed, { key, padding }, bytes);
    }
    const digest = digests[oid];
    if (digest === undefined) throw new RequestError('The signature algorithm is not accepted.');
    return verify(digest, signed, key, bytes);
  } catch (cause) {
    if (cause instanceof RequestError || cause instanceof der.DerError) throw cause;
    // OpenSSL throws when algorithm and key do not belong together.
    throw new RequestError('The signature does not fit the key of the request.', { cause });
  }
}

/** RFC 4055 §3.1: the digest is in [0]; without it, SHA-1, which is not accepted. */
function pssDigest(parameters: der.Element | undefined): string {
  const [first] = der.readAll(der.expectTag(parameters, der.tags.sequence).content);
  const [type] = der.readAll(
    der.readSingle(der.expectTag(first, 0xa0).content, der.tags.sequence).content,
  );
  const digest = pssDigests[der.readObjectIdentifier(type)];
  if (digest === undefined) throw new RequestError('The signature algorithm is not accepted.');
  return digest;
}

function readExtensions(attributes: der.Element | undefined): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (attributes === undefined) return found;
  for (const attribute of der.readAll(der.expectTag(attributes, 0xa0).content)) {
    const [type, values] = der.readAll(der.expectTag(attribute, der.tags.sequence).content);
    if (der.readObjectIdentifier(type) !== EXTENSION_REQUEST) continue;
    const list = der.readSingle(der.expectTag(values, der.tags.set).content, der.tags.sequence);
    for (const extension of der.readAll(list.content)) addExtension(found, extension);
  }
  return found;
}

function addExtension(found: Map<string, Buffer>, extension: der.Element): void {
  const parts = der.readAll(der.expectTag(extension, der.tags.sequence).content);
  const type = der.readObjectIdentifier(parts[0]);
  const value = der.expectTag(parts.at(-1), der.tags.octetString).content;
  if (found.has(type)) throw new RequestError(`The request names the extension ${type} twice.`);
  found.set(type, Buffer.from(value));
}
