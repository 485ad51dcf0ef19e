import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  type KeyObject,
} from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';
import { StatusError, status } from './piv-apdu.ts';
import { tlv } from './piv-tlv.ts';

/** SP 800-78-4 table 6-2. */
export const pivAlgorithms = { 'RSA-2048': 0x07, 'P-256': 0x11, 'P-384': 0x14 } as const;
export type PivKeyType = keyof typeof pivAlgorithms;

const curves = { 'P-256': p256, 'P-384': p384 };
const octetsOf = { 'RSA-2048': 256, 'P-256': 32, 'P-384': 48 };

export function keyTypeOf(algorithm: number): PivKeyType {
  for (const [type, value] of Object.entries(pivAlgorithms)) {
    if (value === algorithm) return type as PivKeyType;
  }
  throw new StatusError(status.wrongParameters);
}

export function generatePivKey(type: PivKeyType): KeyObject {
  if (type === 'RSA-2048') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: type }).privateKey;
}

/** What a card does with a challenge: ECDSA over a hash that it does not check, or RSA over a block that is padded. */
export function signRaw(type: PivKeyType, key: KeyObject, input: Buffer): Buffer {
  if (input.length !== octetsOf[type]) throw new StatusError(status.wrongData);
  if (type === 'RSA-2048') return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, input);
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  const options = { prehash: false, lowS: false, format: 'der' } as const;
  return Buffer.from(curves[type].sign(input, scalar, options));
}

/** SP 800-73-4 part 2 table 11: the public key as GENERATE ASYMMETRIC KEY PAIR answers it. */
export function publicKeyTemplate(key: KeyObject): Buffer {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const number = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  return jwk.kty === 'RSA'
    ? tlv(0x7f49, tlv(0x81, number(jwk.n)), tlv(0x82, number(jwk.e)))
    : tlv(0x7f49, tlv(0x86, Buffer.of(4), number(jwk.x), number(jwk.y)));
}

export function storedKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'der' }).toString('base64');
}

export function restoredKey(stored: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(stored, 'base64'), type: 'pkcs8', format: 'der' });
}
