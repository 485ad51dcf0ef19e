import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import type { KeyType } from '../../../shared/models/enrollment-profile.ts';
import { contentOf, DerError, derTags, readWhole } from '../../certificates/der-reader.ts';
import {
  bitString,
  nullValue,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from '../../certificates/der.ts';
import { malformed } from './cryptoki-error.ts';
import { ck } from './cryptoki.ts';

// Public keys as SubjectPublicKeyInfo, from attributes that modules write in more ways than one.

type CurveType = Extract<KeyType, 'P-256' | 'P-384' | 'Ed25519'>;

/** What modules take and give as CKA_EC_PARAMS; the first is the standard's. */
export const curveParameters: Readonly<Record<CurveType, readonly Buffer[]>> = {
  // RFC 5480 §2.1.1.1
  'P-256': [objectIdentifier('1.2.840.10045.3.1.7')],
  'P-384': [objectIdentifier('1.3.132.0.34')],
  // PKCS #11 v3.0 mechanisms §2.3.10: a PrintableString, or the OID of RFC 8410 §3; some have that of GnuPG.
  Ed25519: [
    Buffer.from('130c656477617264733235353139', 'hex'),
    objectIdentifier('1.3.101.112'),
    objectIdentifier('1.3.6.1.4.1.11591.15.1'),
  ],
};

const otherCurves: ReadonlyMap<string, string> = new Map([
  [objectIdentifier('1.3.132.0.10').toString('hex'), 'secp256k1'],
  [objectIdentifier('1.3.132.0.35').toString('hex'), 'P-521'],
  [objectIdentifier('1.2.840.10045.3.1.1').toString('hex'), 'P-192'],
  [objectIdentifier('1.3.132.0.33').toString('hex'), 'P-224'],
  [objectIdentifier('1.3.36.3.3.2.8.1.1.7').toString('hex'), 'brainpoolP256r1'],
  [objectIdentifier('1.3.36.3.3.2.8.1.1.11').toString('hex'), 'brainpoolP384r1'],
]);

const isCurveType = (type: KeyType): type is CurveType => type in curveParameters;

/** What an object says of its key. */
export interface KeyAttributes {
  /** CKA_KEY_TYPE */
  readonly keyType: number | null;
  readonly ecParams?: Buffer | undefined;
  readonly modulus?: Buffer | undefined;
}

export interface Algorithm {
  /** `null`: of a kind or size that the wallet does not use. */
  readonly type: KeyType | null;
  readonly name: string;
}

export function algorithmOf({ keyType, ecParams, modulus }: KeyAttributes): Algorithm {
  if (keyType === pkcs11js.CKK_RSA) return rsaAlgorithm(modulus);
  if (keyType === pkcs11js.CKK_EC || keyType === ck.CKK_EC_EDWARDS) return curveOf(ecParams);
  return { type: null, name: keyType === null ? 'unknown' : `CKK_0x${keyType.toString(16)}` };
}

function rsaAlgorithm(modulus: Buffer | undefined): Algorithm {
  if (modulus === undefined) return { type: null, name: 'RSA' };
  const bits = bitsOf(modulus);
  const types = ['RSA-2048', 'RSA-3072', 'RSA-4096'] as const;
  return { type: types.find((type) => type === `RSA-${bits}`) ?? null, name: `RSA-${bits}` };
}

function bitsOf(modulus: Buffer): number {
  const first = modulus.findIndex((octet) => octet !== 0);
  if (first === -1) return 0;
  return (modulus.length - first) * 8 - (Math.clz32(modulus[first] ?? 0) - 24);
}

function curveOf(parameters: Buffer | undefined): Algorithm {
  if (parameters === undefined) return { type: null, name: 'EC' };
  for (const [type, forms] of Object.entries(curveParameters)) {
    if (forms.some((form) => form.equals(parameters)))
      return { type: type as CurveType, name: type };
  }
  return { type: null, name: otherCurves.get(parameters.toString('hex')) ?? 'EC' };
}

/** A public key whose encoding and numbers Node's crypto accepted: a point is on its curve. */
export interface PublicKey {
  readonly type: KeyType;
  readonly spki: Buffer;
  readonly key: KeyObject;
}

export interface PublicAttributes extends KeyAttributes {
  readonly ecPoint?: Buffer | undefined;
  readonly publicExponent?: Buffer | undefined;
}

/** Throws `CryptokiError` `malformed` when the attributes make no key of that type. */
export function publicKeyOf(attributes: PublicAttributes, type: KeyType): PublicKey {
  const { type: found } = algorithmOf(attributes);
  if (found !== type) throw malformed('a public key of another kind');
  const spki = isCurveType(type) ? curveKeyInfo(attributes, type) : rsaKeyInfo(attributes);
  return checkedKey(spki, type);
}

/** `null`: of a kind that the wallet does not use. Throws `malformed` when it is no certificate. */
export function publicKeyIn(certificate: Buffer): PublicKey | null {
  const key = publicKeyInCertificate(certificate);
  const type = typeOf(key);
  if (type === null) return null;
  return { type, spki: key.export({ format: 'der', type: 'spki' }), key };
}

function publicKeyInCertificate(certificate: Buffer): KeyObject {
  try {
    return new X509Certificate(certificate).publicKey;
  } catch (cause) {
    throw malformed('a certificate that is none', cause);
  }
}

function checkedKey(spki: Buffer, type: KeyType): PublicKey {
  const key = keyOf(spki);
  if (typeOf(key) !== type) throw malformed('a public key of another kind');
  return { type, spki, key };
}

function keyOf(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (cause) {
    throw malformed('a public key that is none', cause);
  }
}

const namedCurves: Readonly<Record<string, KeyType>> = { prime256v1: 'P-256', secp384r1: 'P-384' };

function typeOf(key: KeyObject): KeyType | null {
  const details = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType === 'ec') return namedCurves[details.namedCurve ?? ''] ?? null;
  if (key.asymmetricKeyType !== 'rsa') return null;
  return algorithmOf({ keyType: pkcs11js.CKK_RSA, modulus: Buffer.from(modulusOf(key)) }).type;
}

const modulusOf = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url');

const octetsOfPoint: Readonly<Record<CurveType, number>> = {
  'P-256': 65,
  'P-384': 97,
  Ed25519: 32,
};

function curveKeyInfo({ ecPoint }: PublicAttributes, type: CurveType): Buffer {
  const point = pointIn(ecPoint, octetsOfPoint[type]);
  // RFC 8410 §3: Ed25519 has its own OID and no parameters. RFC 5480 §2.1.1: id-ecPublicKey with the curve.
  const algorithm =
    type === 'Ed25519'
      ? sequence(objectIdentifier('1.3.101.112'))
      : sequence(objectIdentifier('1.2.840.10045.2.1'), curveParameters[type][0] ?? Buffer.of());
  return sequence(algorithm, bitString(point));
}

/** PKCS #11 v2.40 mechanisms §2.3.3: an OCTET STRING around the point. Some give the bare point, some a BIT STRING. */
function pointIn(attribute: Buffer | undefined, length: number): Buffer {
  if (attribute === undefined) throw malformed('no public point');
  if (attribute.length === length) return attribute;
  for (const tag of [derTags.octetString, derTags.bitString]) {
    const content = contentIn(attribute, tag);
    if (content?.length === length) return content;
    if (tag === derTags.bitString && content?.length === length + 1 && content[0] === 0) {
      return content.subarray(1);
    }
  }
  throw malformed('a public point of another length');
}

function contentIn(attribute: Buffer, tag: number): Buffer | null {
  try {
    return contentOf(readWhole(attribute, tag));
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

const smallestExponent = Buffer.from([1, 0, 1]);

function rsaKeyInfo({ modulus, publicExponent }: PublicAttributes): Buffer {
  if (modulus === undefined) throw malformed('no modulus');
  // Smart cards that list a key by its private half only may not tell the exponent, which is always this one.
  const exponent = publicExponent ?? smallestExponent;
  if (exponent.length > 8) throw malformed('an exponent that is too long');
  // RFC 8017 §A.1.1, in the frame of RFC 3279 §2.3.1.
  const key = sequence(unsignedInteger(modulus), unsignedInteger(exponent));
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.1.1'), nullValue());
  return sequence(algorithm, bitString(key));
}
