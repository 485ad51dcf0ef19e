import { createHmac } from 'node:crypto';
import { compact, spoiled } from './jws.mjs';
import { base64url } from './octets.mjs';
import { refused } from './world.mjs';

/**
 * What is wrong with a compact JWS whoever made it: those of cert-01 and of the registered key of ppkp-01.
 *
 * @param {import('./world.mjs').World} world
 * @param {{ key: object, header: object, otherType: string }} proof a good one's
 */
export const proofRefusals = (world, proof) => [
  ...wrongHeaders(world, proof),
  ...wrongPayloads(world, proof),
  ...wrongSignatures(world, proof),
  ...otherMembers(world, proof),
  ...otherShapes(world, proof),
];

const what = 'A response to a challenge.';
const responseOf = (...parts) => ({ response: compact(...parts).response });

function wrongHeaders(world, { key, header, otherType }) {
  const of = (id, because, changes) => {
    const input = responseOf(key, { ...header, ...changes }, world.keyAuthorization);
    return refused(id, [what, because], input, 'incorrectResponse');
  };
  return [
    of('alg-none', 'It says that it is not signed.', { alg: 'none' }),
    of('alg-other-curve', 'ES384 is no algorithm of a P-256 key.', { alg: 'ES384' }),
    of('alg-other-key', 'RS256 is no algorithm of an elliptic curve key.', { alg: 'RS256' }),
    of('alg-unknown', 'Nobody knows the algorithm.', { alg: 'constructor' }),
    of('typ-other', 'It is a proof of another kind.', { typ: otherType }),
    of('typ-registration', 'It is made to register a key.', { typ: 'acme-key-registration+jws' }),
    of('typ-jwt', 'It is a JWT.', { typ: 'JWT' }),
    of('url-other', "It is for another challenge's URL.", { url: world.challengeUrl(8) }),
    of('url-other-host', 'It is for another CA.', { url: 'https://ca.test/acme/challenge/9' }),
  ];
}

function wrongPayloads(world, { key, header }) {
  const of = (id, because, payload) =>
    refused(id, [what, because], responseOf(key, header, payload), 'incorrectResponse');
  const { token, keyAuthorization, otherToken, keys } = world;
  return [
    of(
      'foreign-account',
      'The key authorization is of another account.',
      world.foreignKeyAuthorization,
    ),
    of(
      'other-token',
      "The token is another challenge's.",
      `${otherToken}.${keys.account.thumbprint}`,
    ),
    of('token-alone', 'The payload is the token alone.', token),
    of('digest', 'The payload is the digest of the key authorization.', world.challenge),
    of('payload-json', 'The payload is JSON.', JSON.stringify(keyAuthorization)),
    of('payload-line', 'A line end stands behind the key authorization.', `${keyAuthorization}\n`),
  ];
}

function wrongSignatures(world, { key, header }) {
  const of = (id, because, sign, changes = {}) => {
    const given = { ...header, ...changes };
    const input = responseOf(key, given, world.keyAuthorization, (text) => sign(Buffer.from(text)));
    return refused(id, [what, because], input, 'incorrectResponse');
  };
  const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
  const mac = (text) => createHmac('sha256', secret).update(text).digest();
  return [
    of('alg-hs256', 'A MAC, keyed with the public key.', mac, { alg: 'HS256' }),
    of('signature-spoiled', 'One bit of the signature is another.', (text) =>
      spoiled(key.sign(text)),
    ),
    of('signature-other-key', 'The account key signed it.', (text) =>
      world.keys.account.sign(text),
    ),
    of('signature-asn1', 'The signature is an ASN.1 sequence, not r and s.', (text) =>
      sequenceOf(key.sign(text)),
    ),
    of('signature-half', 'Half of the signature is missing.', (text) =>
      key.sign(text).subarray(32),
    ),
    of('signature-zero', 'r and s are zero.', () => Buffer.alloc(64)),
  ];
}

/** X9.62, of r and s side by side. */
function sequenceOf(signature) {
  const integer = (octets) => {
    const start = octets.findIndex((octet) => octet !== 0);
    const digits = octets.subarray(start);
    const content = digits[0] < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
    return Buffer.concat([Buffer.of(2, content.length), content]);
  };
  const middle = signature.length / 2;
  const content = [signature.subarray(0, middle), signature.subarray(middle)].map(integer);
  return Buffer.concat([Buffer.of(0x30, content[0].length + content[1].length), ...content]);
}

function otherMembers(world, { key, header }) {
  const of = (id, because, members) => {
    const input = responseOf(key, { ...header, ...members }, world.keyAuthorization);
    return refused(`header-${id}`, [what, because], input, 'malformed');
  };
  return [
    of('kid', 'A header has four members: no kid.', { kid: world.accountUrl }),
    of('x5u', 'No URL of certificates.', { x5u: 'https://evil.example/leaf' }),
    of('jku', 'No URL of keys.', { jku: 'https://evil.example/keys' }),
    of('crit', 'Nothing that has to be understood.', { crit: ['exp'], exp: 1 }),
    of('b64', 'No payload that is not encoded.', { b64: false }),
    of('nonce', 'No nonce.', { nonce: world.nonce }),
    of('x5t', 'No fingerprint.', { 'x5t#S256': world.challenge }),
    of('cty', 'No type of content.', { cty: 'text' }),
    of('no-typ', 'Without typ it has three.', { typ: undefined }),
    of('no-url', 'Without url it has three.', { url: undefined }),
    of('alg-list', 'An algorithm is a text.', { alg: ['ES256'] }),
  ];
}

function otherShapes(world, { key, header }) {
  const { sig } = compact(key, header, world.keyAuthorization).response;
  const [first, payload, signature] = sig.split('.');
  const of = (id, because, response, ...as) => {
    const accepted = as.length === 0 ? ['malformed'] : as;
    return refused(`shape-${id}`, [what, because], { response }, ...accepted);
  };
  return [
    of('missing', 'There is no "sig".', {}),
    of('number', 'It is a number.', { sig: 1 }),
    of('flattened', 'It is in the flattened serialization.', {
      sig: { protected: first, payload, signature },
    }),
    of('two-parts', 'The signature is missing.', { sig: `${first}.${payload}` }),
    of(
      ...['no-signature', 'It says that it is not signed, and has no signature.'],
      { sig: `${base64url(JSON.stringify({ ...header, alg: 'none' }))}.${payload}.` },
      ...['malformed', 'incorrectResponse'],
    ),
    of('four-parts', 'There is a part too many.', { sig: `${sig}.AA` }),
    of('padded', 'It is padded.', { sig: `${first}.${payload}.${signature}==` }),
    of('line-end', 'A line end stands behind it.', { sig: `${sig}\n` }),
    of('header-no-json', 'The header is no JSON.', { sig: `AAAA.${payload}.${signature}` }),
    of('header-list', 'The header is a list.', { sig: `W10.${payload}.${signature}` }),
  ];
}
