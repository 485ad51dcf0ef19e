import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { readExtensions, readWords } from './read-extensions.ts';
import type { CertificateWords } from './read-extensions.ts';
import { readSerialNumbers } from './names.ts';
import { readSignatureAlgorithm } from './signature.ts';
import type { SignedStructure } from './signature.ts';

/** A certificate of anybody's making (RFC 5280 §4.1), whose signature nobody has looked at yet. */
export type ReadCertificate = SignedStructure & {
  /** DER. */
  readonly raw: Buffer;
  /** The octets of the DER integer, a leading zero included. */
  readonly serial: Buffer;
  /** DER Name. */
  readonly issuer: Buffer;
  /** DER Name. */
  readonly subject: Buffer;
  /** In the subject: of devices, not of certificates (X.520 §6.2.9). */
  readonly serialNumbers: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  /** DER SubjectPublicKeyInfo, as the certificate words it. */
  readonly publicKeyInfo: Buffer;
  readonly words: CertificateWords;
};

/** It is no X.509 certificate, or one that cannot be read here. */
export class CertificateError extends Error {
  readonly code = 'badCertificate';
}

/** Reads one DER certificate and nothing after it. Throws CertificateError. */
export function readCertificate(bytes: Buffer): ReadCertificate {
  try {
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof der.DerError)) throw cause;
    throw new CertificateError(`no certificate: ${cause.message}`, { cause });
  }
}

function read(bytes: Buffer): ReadCertificate {
  const parts = der.readAll(der.readSingle(bytes, der.tags.sequence).content);
  const [body, algorithm, signature] = parts;
  const toBeSigned = der.expectTag(body, der.tags.sequence);
  const outer = der.expectTag(algorithm, der.tags.sequence);
  if (parts.length !== 3) throw new der.DerError('something beside the signature');
  const fields = der.readAll(toBeSigned.content);
  const [version, serial, inner, issuer, validity, subject, publicKeyInfo] = fields;
  if (der.expectTag(version, 0xa0).content.toString('hex') !== '020102') {
    throw new der.DerError('not of version 3');
  }
  // §4.1.1.2: what is signed names the algorithm of its signature as well.
  if (!der.expectTag(inner, der.tags.sequence).raw.equals(outer.raw)) {
    throw new der.DerError('two different signature algorithms');
  }
  const [notBefore, notAfter] = der.readAll(der.expectTag(validity, der.tags.sequence).content);
  const name = der.expectTag(subject, der.tags.sequence);
  const key = der.expectTag(publicKeyInfo, der.tags.sequence).raw;
  return {
    raw: bytes,
    ...{ signed: toBeSigned.raw, algorithm: readSignatureAlgorithm(outer) },
    signature: der.readBitString(signature),
    serial: der.expectTag(serial, der.tags.integer).content,
    issuer: der.expectTag(issuer, der.tags.sequence).raw,
    subject: name.raw,
    serialNumbers: readSerialNumbers(name),
    ...{ notBefore: der.readTime(notBefore), notAfter: der.readTime(notAfter) },
    ...{ publicKey: importKey(key), publicKeyInfo: key },
    words: readWords(readExtensions(der.expectTag(fields.at(-1), 0xa3))),
  };
}

function importKey(publicKeyInfo: Buffer): KeyObject {
  try {
    return createPublicKey({ key: publicKeyInfo, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new CertificateError('its public key cannot be read', { cause });
  }
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/** The DER in all PEM blocks of a kind, in their order (RFC 7468). */
export function readPem(text: string, label: string): readonly Buffer[] {
  return [...text.matchAll(PEM)]
    .filter(([, found]) => found === label)
    .map(([, , body = '']) => Buffer.from(body, 'base64'));
}
