import { createHash } from 'node:crypto';
import * as der from './der.ts';
import { encodeGeneralName } from './names.ts';
import type { GeneralName } from './names.ts';

/** The object identifiers of RFC 5280 §4.2 that are written or understood here. */
export const extensionTypes = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  acmeIdentifier: '1.3.6.1.5.5.7.1.31',
} as const;

export const purposes = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  /** RFC 9336. */
  documentSigning: '1.3.6.1.5.5.7.3.36',
} as const;
export type Purpose = keyof typeof purposes;

/** In the order of their bits (RFC 5280 §4.2.1.3). */
const keyUsageBits = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type KeyUsage = (typeof keyUsageBits)[number];

export type Extension = {
  readonly type: string;
  readonly critical: boolean;
  readonly value: Buffer;
};

export function encodeExtension({ type, critical, value }: Extension): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(type), ...flag, der.octetString(value));
}

export function basicConstraints(constraints: 'leaf' | { pathLength?: number }): Extension {
  const { type, critical } = { type: extensionTypes.basicConstraints, critical: true };
  if (constraints === 'leaf') return { type, critical, value: der.sequence() };
  const { pathLength } = constraints;
  const length = pathLength === undefined ? [] : [der.smallInteger(pathLength)];
  return { type, critical, value: der.sequence(der.boolean(true), ...length) };
}

export function keyUsage(usages: readonly KeyUsage[]): Extension {
  const bits = usages.map((usage) => keyUsageBits.indexOf(usage));
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  const value = der.bitString(Buffer.of(byte), 7 - Math.max(...bits));
  return { type: extensionTypes.keyUsage, critical: true, value };
}

export function readKeyUsage(extensionValue: Buffer): readonly KeyUsage[] {
  const { content } = der.readSingle(extensionValue, der.tags.bitString);
  return keyUsageBits.filter((_, bit) => ((content[1] ?? 0) & (0x80 >> bit)) !== 0);
}

export function extendedKeyUsage(list: readonly Purpose[]): Extension {
  const value = der.sequence(...list.map((name) => der.objectIdentifier(purposes[name])));
  return { type: extensionTypes.extendedKeyUsage, critical: false, value };
}

/** The object identifiers in an extendedKeyUsage extension. */
export function readExtendedKeyUsage(extensionValue: Buffer): readonly string[] {
  const { content } = der.readSingle(extensionValue, der.tags.sequence);
  return der.readAll(content).map(der.readObjectIdentifier);
}

/** RFC 5280 §4.2.1.6: critical when the subject field is empty. */
export function subjectAltName(names: readonly GeneralName[], critical: boolean): Extension {
  const value = der.sequence(...names.map(encodeGeneralName));
  return { type: extensionTypes.subjectAltName, critical, value };
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the public key's bits; an identifier, not a protection. */
export function keyIdentifier(publicKeyInfo: Buffer): Buffer {
  const [, key] = der.readAll(der.readSingle(publicKeyInfo, der.tags.sequence).content);
  return createHash('sha1').update(der.readBitString(key)).digest();
}

export function subjectKeyIdentifier(identifier: Buffer): Extension {
  const value = der.octetString(identifier);
  return { type: extensionTypes.subjectKeyIdentifier, critical: false, value };
}

export function authorityKeyIdentifier(identifier: Buffer): Extension {
  const value = der.sequence(der.implicit(0, identifier));
  return { type: extensionTypes.authorityKeyIdentifier, critical: false, value };
}

export function crlDistributionPoint(url: string): Extension {
  const fullName = der.explicit(0, der.implicit(6, Buffer.from(url, 'ascii')));
  const value = der.sequence(der.sequence(der.explicit(0, fullName)));
  return { type: extensionTypes.crlDistributionPoints, critical: false, value };
}

/** Where the issuer's own certificate is to be had (RFC 5280 §4.2.2.1, caIssuers). */
export function authorityInfoAccess(url: string): Extension {
  const caIssuers = der.objectIdentifier('1.3.6.1.5.5.7.48.2');
  const location = der.implicit(6, Buffer.from(url, 'ascii'));
  const value = der.sequence(der.sequence(caIssuers, location));
  return { type: extensionTypes.authorityInfoAccess, critical: false, value };
}

export function crlNumber(number: number): Extension {
  return { type: extensionTypes.crlNumber, critical: false, value: der.smallInteger(number) };
}

export function reasonCode(reason: number): Extension {
  const value = der.encode(der.tags.enumerated, Buffer.of(reason));
  return { type: extensionTypes.reasonCode, critical: false, value };
}
