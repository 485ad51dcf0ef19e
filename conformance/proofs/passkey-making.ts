import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Json } from '../acme/objects.ts';
import { authenticatorData, clientDataOf } from './passkey-assertion.ts';

/** A `RegistrationResponseJSON` (WebAuthn L3 §5.1.8.1) for a new P-256 passkey, without attestation. */
export function makePasskey(options: {
  readonly rpId: string;
  readonly origin: string;
  readonly challenge: string;
}): Json {
  const { rpId, origin, challenge } = options;
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const idOctets = randomBytes(32);
  const id = idOctets.toString('base64url');
  // WebAuthn L3 §6.5.1: AAGUID, length, id, key.
  const attested = Buffer.concat([
    ...[Buffer.alloc(16), Buffer.from([0, idOctets.length])],
    ...[idOctets, coseKey(publicKey)],
  ]);
  const data = authenticatorData(rpId, { signCount: 1, backupEligible: false, attested });
  const clientData = clientDataOf({ challenge, origin }, 'webauthn.create');
  const attestationObject = Buffer.concat([
    ...[Buffer.of(0xa3), cborText('fmt'), cborText('none')],
    ...[cborText('attStmt'), Buffer.of(0xa0)],
    ...[cborText('authData'), cborOctets(data)],
  ]);
  return {
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
    authenticatorAttachment: 'platform',
    response: {
      clientDataJSON: Buffer.from(clientData).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    },
  };
}

/** RFC 9053 §7.1.1: kty 2, alg -7, crv 1, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01),
    ...[Buffer.of(0x21), cborOctets(Buffer.from(x, 'base64url'))],
    ...[Buffer.of(0x22), cborOctets(Buffer.from(y, 'base64url'))],
  ]);
}

/** RFC 8949 §3.1, for texts of fewer than 24 octets. */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x60 + text.length), Buffer.from(text)]);
}

/** RFC 8949 §3.1, for 24 to 255 octets. */
function cborOctets(octets: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x58, octets.length), octets]);
}
