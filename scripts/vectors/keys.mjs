import {
  createHash,
  createPrivateKey,
  createPublicKey,
  constants,
  sign,
  verify,
} from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { base64url, sha256 } from './octets.mjs';
import { writtenBefore } from './kept.mjs';

const curves = {
  ES256: { crv: 'P-256', curve: p256 },
  ES384: { crv: 'P-384', curve: p384 },
  ES512: { crv: 'P-521', curve: p521 },
};

/** RFC 7515 §A.3.1: public knowledge like all of these, and known longest. */
const published = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI';

/** Each key's algorithm, and what it is there for. */
const plan = {
  account: ['ES256', 'The account key of all files: that of RFC 7515 §A.3.'],
  'account-new': ['ES256', 'What the account key is changed to.'],
  'account-foreign': ['ES256', "Another account's key."],
  'leaf-es256': ['ES256', 'Of a certificate.'],
  'leaf-es384': ['ES384', 'Of a certificate.'],
  'leaf-es512': ['ES512', 'Of a certificate.'],
  'leaf-eddsa': ['EdDSA', 'Of a certificate.'],
  'leaf-rsa': ['RS256', 'Of a certificate; it signs by RS256 and by PS256.'],
  'registered-es256': ['ES256', 'Registered for the person.'],
  'registered-eddsa': ['EdDSA', 'Registered for the person.'],
  'registered-rsa': ['RS256', 'Registered for the person.'],
  unregistered: ['ES256', 'Registered for nobody.'],
  'passkey-es256': ['ES256', 'Of a passkey.'],
  'passkey-eddsa': ['EdDSA', 'Of a passkey.'],
  'passkey-rs256': ['RS256', 'Of a passkey.'],
  'passkey-unknown': ['ES256', 'Of a passkey that nobody registered.'],
  root: ['RS256', 'Of the root.'],
  'people-ca': ['RS256', 'Of the CA that certified the leaves.'],
  stranger: ['RS256', 'Of a CA that nobody trusts.'],
  approvals: ['ES256', 'Of the certificate that signs receipts of approvals.'],
  release: ['ES256', 'To be certified after an approval.'],
};

/** @typedef {ReturnType<typeof makeKey>} Key */

/** @returns {Record<keyof typeof plan, Key>} */
export function makeKeys() {
  return Object.fromEntries(
    Object.entries(plan).map(([name, [algorithm, what]]) => [name, makeKey(name, algorithm, what)]),
  );
}

function makeKey(name, algorithm, what) {
  const { jwk: privateJwk, from } = privateKeyOf(name, algorithm);
  const jwk = publicHalf(privateJwk);
  const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' });
  return {
    ...{ name, algorithm, what, from, privateJwk, jwk, privateKey },
    publicKey: createPublicKey(privateKey),
    thumbprint: thumbprintOf(jwk),
    /** By another algorithm than its usual one only where the key has several. */
    sign: (input, by = algorithm) => signBy(by, input, { privateKey, privateJwk }),
  };
}

const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

/** Of a JWK. */
const publicHalf = (jwk) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !secret.includes(name)));

/** In an order of members that Node's crypto has too: signatures are over octets. */
function privateKeyOf(name, algorithm) {
  const text = `countersign test vector: ${name}`;
  if (algorithm === 'RS256') return { jwk: keptRsa(name), from: 'chance, and kept' };
  if (algorithm === 'EdDSA') return { jwk: ed25519Of(sha256(text)), from: `SHA-256("${text}")` };
  const { crv, curve } = curves[algorithm];
  const { n } = curve.Point.CURVE();
  const hashed = BigInt(`0x${createHash('sha512').update(text).digest('hex')}`);
  const derived = (hashed % (n - 1n)) + 1n;
  const isPublished = name === 'account';
  const secret = isPublished ? Buffer.from(published, 'base64url') : octetsOf(derived, curve);
  const point = Buffer.from(curve.getPublicKey(secret, false)).subarray(1);
  const [x, y] = [point.subarray(0, point.length / 2), point.subarray(point.length / 2)];
  const jwk = { kty: 'EC', x: base64url(x), y: base64url(y), crv, d: base64url(secret) };
  return {
    jwk,
    from: isPublished ? 'RFC 7515 §A.3.1' : `1 + SHA-512("${text}") mod (n - 1)`,
  };
}

const octetsOf = (number, { lengths }) =>
  Buffer.from(number.toString(16).padStart(2 * lengths.secretKey, '0'), 'hex');

function ed25519Of(seed) {
  // RFC 8410 §7.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { crv, x, kty, d } = key.export({ format: 'jwk' });
  return { crv, x, kty, d };
}

function keptRsa(name) {
  const kept = writtenBefore('keys', name)?.output.privateJwk;
  if (kept !== undefined) return kept;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'jwk' });
}

/** RFC 7638. */
function thumbprintOf({ crv, e, kty, n, x, y }) {
  return sha256(JSON.stringify({ crv, e, kty, n, x, y })).toString('base64url');
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

function signBy(algorithm, input, { privateKey, privateJwk }) {
  switch (algorithm) {
    case 'EdDSA':
      return sign(null, input, privateKey);
    case 'RS256':
      return sign('sha256', input, privateKey);
    case 'PS256':
      return sign('sha256', input, { key: privateKey, ...pss });
    default:
      return signByCurve(curves[algorithm].curve, input, privateJwk, 'compact');
  }
}

/** RFC 6979: the same octets have the same signature. */
function signByCurve(curve, input, { d }, format) {
  const secret = Uint8Array.from(Buffer.from(d, 'base64url'));
  const options = { prehash: true, lowS: false, format };
  return Buffer.from(curve.sign(Uint8Array.from(input), secret, options));
}

/** As WebAuthn has it: by ES256 an ASN.1 sequence (WebAuthn L3 §6.5.5). @param {Key} key */
export function signForWebauthn(key, input) {
  const isCurve = key.algorithm === 'ES256';
  return isCurve ? signByCurve(p256, input, key.privateJwk, 'der') : key.sign(input);
}

/** A PS256 signature that was made before, when it is still one of this. */
export function keptPss({ publicKey }, input, signature) {
  if (signature === undefined) return undefined;
  const octets = Buffer.from(signature, 'base64url');
  return verify('sha256', input, { key: publicKey, ...pss }, octets) ? octets : undefined;
}

export const keysFile = (keys) => ({
  about:
    'The keys of all other files. They are public, and good for nothing but tests. Elliptic curve and Ed25519 keys are made of a text; RSA keys were made once.',
  section: '1',
  madeBy: ['@noble/curves', 'node:crypto'],
  verifiedBy: ['jose (thumbprints, and that each is a pair)'],
  vectors: Object.values(keys).map(({ name, what, from, ...key }) => ({
    id: name,
    what,
    input: { from },
    output: { privateJwk: key.privateJwk, jwk: key.jwk, thumbprint: key.thumbprint },
  })),
});
