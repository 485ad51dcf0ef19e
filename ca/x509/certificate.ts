import { randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { encodeExtension, reasonCode } from './extensions.ts';
import type { Extension } from './extensions.ts';

/** ecdsa-with-SHA256 (RFC 5758 §3.2): every key of this CA is on P-256. */
const SIGNATURE_ALGORITHM = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));

export type CertificateContents = {
  /** Big-endian, positive. */
  readonly serial: Buffer;
  /** DER Name. */
  readonly issuer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER Name. */
  readonly subject: Buffer;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Buffer;
  readonly extensions: readonly Extension[];
};

/** Signs a version 3 certificate (RFC 5280 §4.1); DER. */
export function signCertificate(contents: CertificateContents, key: KeyObject): Buffer {
  return signStructure(
    key,
    der.sequence(
      der.explicit(0, der.smallInteger(2)),
      der.integer(contents.serial),
      SIGNATURE_ALGORITHM,
      contents.issuer,
      der.sequence(der.time(contents.notBefore), der.time(contents.notAfter)),
      contents.subject,
      contents.publicKeyInfo,
      der.explicit(3, der.sequence(...contents.extensions.map(encodeExtension))),
    ),
  );
}

export type RevocationListEntry = {
  readonly serial: Buffer;
  readonly revokedAt: Date;
  /** Undefined when none was given: the entry then has no reasonCode. */
  readonly reason: number | undefined;
};

export type RevocationListContents = {
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly entries: readonly RevocationListEntry[];
  readonly extensions: readonly Extension[];
};

/** Signs a version 2 revocation list (RFC 5280 §5.1); DER. */
export function signRevocationList(contents: RevocationListContents, key: KeyObject): Buffer {
  const entries = contents.entries.map((entry) => encodeEntry(entry));
  return signStructure(
    key,
    der.sequence(
      der.smallInteger(1),
      SIGNATURE_ALGORITHM,
      contents.issuer,
      der.time(contents.thisUpdate),
      der.time(contents.nextUpdate),
      // §5.1.2.6: the list of revoked certificates is absent when there are none.
      ...(entries.length === 0 ? [] : [der.sequence(...entries)]),
      der.explicit(0, der.sequence(...contents.extensions.map(encodeExtension))),
    ),
  );
}

function encodeEntry({ serial, revokedAt, reason }: RevocationListEntry): Buffer {
  const parts = [der.integer(serial), der.time(revokedAt)];
  // §5.3.1: reasonCode is left out in place of saying "unspecified".
  if (reason !== undefined && reason !== 0) {
    parts.push(der.sequence(encodeExtension(reasonCode(reason))));
  }
  return der.sequence(...parts);
}

function signStructure(key: KeyObject, toBeSigned: Buffer): Buffer {
  const signature = sign('sha256', toBeSigned, key);
  return der.sequence(toBeSigned, SIGNATURE_ALGORITHM, der.bitString(signature));
}

/** 127 random bits, never zero (RFC 5280 §4.1.2.2). */
export function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
}

/** RFC 7468 §3. */
export function toPem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
