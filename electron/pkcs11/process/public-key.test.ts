import { generateKeyPairSync, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import pkcs11js from 'pkcs11js';
import { describe, expect, it } from 'vitest';
import { bitString, octetString } from '../../certificates/der.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { ck } from './cryptoki.ts';
import { algorithmOf, curveParameters, publicKeyOf } from './public-key.ts';

const p256 = curveParameters['P-256'][0];
const p384 = curveParameters['P-384'][0];

function curveKey(namedCurve: 'P-256' | 'P-384') {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { spki, point: spki.subarray(namedCurve === 'P-256' ? -65 : -97) };
}

describe('a public key on a curve', () => {
  it.for([
    ['an OCTET STRING', octetString],
    ['a BIT STRING', bitString],
    ['the bare point', (point: Buffer) => point],
  ] as const)('is read from %s', ([, wrap]) => {
    const { spki, point } = curveKey('P-256');
    const attributes = { keyType: pkcs11js.CKK_EC, ecParams: p256, ecPoint: wrap(point) };
    expect(publicKeyOf(attributes, 'P-256').spki).toEqual(spki);
  });

  it('of Ed25519 is read whatever its parameters are called', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    for (const ecParams of curveParameters.Ed25519) {
      const ecPoint = octetString(spki.subarray(-32));
      const attributes = { keyType: ck.CKK_EC_EDWARDS, ecParams, ecPoint };
      expect(publicKeyOf(attributes, 'Ed25519').spki).toEqual(spki);
    }
  });

  it('is refused off the curve, on another curve, and of another length', () => {
    const { point } = curveKey('P-384');
    const keyType = pkcs11js.CKK_EC;
    const offCurve = Buffer.concat([Buffer.of(4), randomBytes(64)]);
    const tries = [
      { keyType, ecParams: p256, ecPoint: octetString(offCurve) },
      { keyType, ecParams: p256, ecPoint: octetString(point) },
      { keyType, ecParams: p384, ecPoint: octetString(point) },
      { keyType, ecParams: p256 },
      { keyType, ecPoint: octetString(offCurve) },
    ];
    for (const each of tries) expect(() => publicKeyOf(each, 'P-256')).toThrow(CryptokiError);
  });

  it('is never made of what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 140 }), (octets) => {
        const ecPoint = Buffer.from(octets);
        const attributes = { keyType: pkcs11js.CKK_EC, ecParams: p256, ecPoint };
        expect(() => publicKeyOf(attributes, 'P-256')).toThrow(CryptokiError);
      }),
    );
  });
});

describe('a public RSA key', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
  const keyType = pkcs11js.CKK_RSA;

  it('is read with and without the octet that makes its modulus positive', () => {
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    for (const each of [modulus, Buffer.concat([Buffer.of(0), modulus])]) {
      const attributes = { keyType, modulus: each, publicExponent: Buffer.from([1, 0, 1]) };
      expect(publicKeyOf(attributes, 'RSA-2048').spki).toEqual(spki);
    }
  });

  it('is refused when its size is another', () => {
    for (const each of [modulus.subarray(1), Buffer.alloc(256), Buffer.of(), undefined]) {
      expect(() => publicKeyOf({ keyType, modulus: each }, 'RSA-2048')).toThrow(CryptokiError);
    }
    expect(() => publicKeyOf({ keyType, modulus }, 'RSA-3072')).toThrow(CryptokiError);
  });
});

it('names keys that the wallet does not use', () => {
  const secp256k1 = Buffer.from('06052b8104000a', 'hex');
  expect(algorithmOf({ keyType: pkcs11js.CKK_EC, ecParams: secp256k1 })).toEqual({
    ...{ type: null, name: 'secp256k1' },
  });
  const modulus = Buffer.alloc(128, 0xff);
  expect(algorithmOf({ keyType: pkcs11js.CKK_RSA, modulus })).toEqual({
    ...{ type: null, name: 'RSA-1024' },
  });
  expect(algorithmOf({ keyType: pkcs11js.CKK_AES })).toEqual({ type: null, name: 'CKK_0x1f' });
});
