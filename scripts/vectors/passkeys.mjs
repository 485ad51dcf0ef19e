import { signForWebauthn } from './keys.mjs';
import { base64url, cbor, sha256 } from './octets.mjs';

const cose = { ES256: -7, EdDSA: -8, RS256: -257 };

/** A passkey and how its authenticator is. */
export function passkeyOf(key, { signCount, synchronises = false }) {
  return {
    ...{ key, signCount, synchronises },
    id: base64url(sha256(`credential: ${key.name}`)),
    publicKey: base64url(coseKey(key)),
  };
}

/** RFC 9053 §7, RFC 8230 §4. */
function coseKey({ algorithm, jwk: { x, y, n, e } }) {
  const octets = (text) => Buffer.from(text, 'base64url');
  const alg = [3, cose[algorithm]];
  switch (algorithm) {
    case 'ES256':
      return cbor(new Map([[1, 2], alg, [-1, 1], [-2, octets(x)], [-3, octets(y)]]));
    case 'EdDSA':
      return cbor(new Map([[1, 1], alg, [-1, 6], [-2, octets(x)]]));
    default:
      return cbor(new Map([[1, 3], alg, [-1, octets(n)], [-2, octets(e)]]));
  }
}

/** What a vector may have otherwise than a good one. */
const usual = {
  type: 'webauthn.get',
  crossOrigin: false,
  present: true,
  verified: true,
  more: {},
};

/**
 * WebAuthn L3 §5.8.1.1, §6.1, §6.3.3: an assertion, and what it is made of.
 *
 * @param {ReturnType<typeof passkeyOf>} passkey
 */
export function assertion(passkey, place, changes = {}) {
  const {
    type,
    challenge,
    origin,
    crossOrigin,
    topOrigin,
    rpId,
    present,
    verified,
    more,
    ...rest
  } = { ...usual, ...place, ...changes };
  const { signCount = passkey.signCount, userHandle, eligible = passkey.synchronises } = rest;
  const clientData = JSON.stringify({ type, challenge, origin, crossOrigin, topOrigin, ...more });
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(signCount);
  const flags = (present ? 0x01 : 0) | (verified ? 0x04 : 0) | (eligible ? 0x18 : 0);
  const authenticatorData = Buffer.concat([sha256(rpId), Buffer.of(flags), counter]);
  const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
  const sign = rest.sign ?? ((octets) => signForWebauthn(passkey.key, octets));
  const credential = {
    ...{ id: passkey.id, rawId: passkey.id, type: 'public-key' },
    response: {
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(sign(signed)),
      ...(userHandle && { userHandle }),
    },
    clientExtensionResults: {},
  };
  return {
    ...{ clientData, authenticatorData: authenticatorData.toString('hex') },
    signed: signed.toString('hex'),
    response: { credential },
  };
}
