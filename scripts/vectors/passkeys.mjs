import { signForWebauthn } from './keys.mjs';
import { base64url, cbor, sha256 } from './octets.mjs';

const cose = { ES256: -7, EdDSA: -8, RS256: -257 };

/** Those that the person has, of each algorithm one. */
export const passkeysOf = (keys) => [
  passkeyOf(keys['passkey-es256'], { signCount: 5 }),
  passkeyOf(keys['passkey-eddsa'], { signCount: 5 }),
  passkeyOf(keys['passkey-rs256'], { signCount: 0, synchronises: true }),
];

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
  const flags = { present, verified, eligible };
  const authenticatorData = dataOf(rpId, flags, signCount);
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

/** WebAuthn L3 §6.1. */
function dataOf(rpId, { present, verified, eligible }, signCount, attested = Buffer.alloc(0)) {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(signCount);
  const bits = [present ? 0x01 : 0, verified ? 0x04 : 0, eligible ? 0x18 : 0];
  const flags = bits.reduce((sum, bit) => sum | bit, attested.length > 0 ? 0x40 : 0);
  return Buffer.concat([sha256(rpId), Buffer.of(flags), counter, attested]);
}

/**
 * WebAuthn L3 §6.5: a passkey as its authenticator hands it over, without an attestation.
 *
 * @param {ReturnType<typeof passkeyOf>} passkey
 */
export function registration(passkey, place, changes = {}) {
  const { type, challenge, origin, crossOrigin, rpId, present, verified, ...rest } = {
    ...{ ...usual, type: 'webauthn.create', format: 'none', statement: new Map() },
    ...{ attestedId: passkey.id, ...place, ...changes },
  };
  const clientData = JSON.stringify({ type, challenge, origin, crossOrigin });
  const id = Buffer.from(rest.attestedId, 'base64url');
  const publicKey = Buffer.from(passkey.publicKey, 'base64url');
  const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, publicKey]);
  const flags = { present, verified, eligible: passkey.synchronises };
  const data = dataOf(
    rpId,
    flags,
    passkey.signCount,
    rest.attests === false ? undefined : attested,
  );
  const attestation = cbor(
    new Map([
      ['fmt', rest.format],
      ['attStmt', rest.statement],
      ['authData', data],
    ]),
  );
  const credential = {
    ...{ id: passkey.id, rawId: passkey.id, type: 'public-key' },
    response: {
      clientDataJSON: base64url(clientData),
      attestationObject: base64url(attestation),
      transports: ['internal'],
    },
    clientExtensionResults: {},
  };
  return {
    ...{ clientData, authenticatorData: data.toString('hex') },
    request: { type: 'webauthn', credential, name: 'Vector' },
  };
}
