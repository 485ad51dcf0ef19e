import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { readCommonNames } from './names.ts';
import { readSignatureAlgorithm, verifyStructure } from './signature.ts';

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
  identifier: der.Element,
  signature: der.Element | undefined,
  key: KeyObject,
): void {
  const algorithm = readSignatureAlgorithm(identifier);
  const structure = { signed, algorithm, signature: der.readBitString(signature) };
  switch (verifyStructure(structure, key)) {
    case 'valid':
      return;
    case 'unaccepted':
      throw new RequestError('The signature algorithm is not accepted.');
    case 'misfit':
      throw new RequestError('The signature does not fit the key of the request.');
    case 'invalid':
      throw new RequestError('The signature of the request does not verify with its own key.');
  }
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
