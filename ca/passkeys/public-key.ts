import { createPublicKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { StateError } from '../state/rows.ts';

const curves: Readonly<Record<number, string>> = {
  [cose.COSECRV.P256]: 'P-256',
  [cose.COSECRV.P384]: 'P-384',
  [cose.COSECRV.P521]: 'P-521',
  [cose.COSECRV.ED25519]: 'Ed25519',
};

/** DER SubjectPublicKeyInfo of a passkey that was registered here, from its COSE_Key (RFC 9052 §7). */
export function passkeyPublicKeyInfo(publicKey: Buffer): Buffer {
  const key = createPublicKey({ key: toJwk(publicKey), format: 'jwk' });
  return key.export({ format: 'der', type: 'spki' });
}

function toJwk(publicKey: Buffer): JsonWebKey {
  const key = decodeCredentialPublicKey(new Uint8Array(publicKey));
  if (cose.isCOSEPublicKeyEC2(key)) {
    const [x, y] = [text(key.get(cose.COSEKEYS.x)), text(key.get(cose.COSEKEYS.y))];
    return { kty: 'EC', crv: curve(key.get(cose.COSEKEYS.crv)), x, y };
  }
  if (cose.isCOSEPublicKeyOKP(key)) {
    const x = text(key.get(cose.COSEKEYS.x));
    return { kty: 'OKP', crv: curve(key.get(cose.COSEKEYS.crv)), x };
  }
  if (cose.isCOSEPublicKeyRSA(key)) {
    return { kty: 'RSA', n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) };
  }
  throw new StateError('a passkey has a key of a kind that is not registered here');
}

function curve(number: number | undefined): string {
  const name = number === undefined ? undefined : curves[number];
  if (name === undefined) throw new StateError('a passkey is on a curve that is not known');
  return name;
}

function text(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) throw new StateError('the key of a passkey is not whole');
  return Buffer.from(bytes).toString('base64url');
}
