import { compact } from './jws.mjs';
import { digestOf } from './octets.mjs';
import { refused } from './world.mjs';

const payloadOf = ({ urls }, account) =>
  digestOf(`${urls['new-credential']}.${account.thumbprint}`);

/** @param {import('./world.mjs').World} world */
function requestOf(world, key, changes = {}) {
  const { header = {}, payload, named = key.jwk, by = key } = changes;
  const { algorithm: alg, jwk } = key;
  const url = world.urls['new-credential'];
  const { response, ...made } = compact(
    ...[key, { alg, typ: 'acme-key-registration+jws', jwk, url, ...header }],
    ...[payload ?? payloadOf(world, world.keys.account), (input) => by.sign(Buffer.from(input))],
  );
  return { ...made, request: { type: 'key', jwk: named, ...response } };
}

/** @param {import('./world.mjs').World} world */
export function registrationFile(world) {
  const { keys, urls } = world;
  return {
    about:
      'Registration of a key pair: the payload of the account-signed request, with the word of the new key in `sig`.',
    section: '4.3',
    madeBy: ['@noble/curves (ES256)', 'node:crypto (RS256, EdDSA)'],
    verifiedBy: ['jose'],
    given: { url: urls['new-credential'], thumbprint: keys.account.thumbprint },
    vectors: [
      ...['registered-es256', 'registered-eddsa', 'registered-rsa'].map((name) => ({
        ...{ id: keys[name].algorithm.toLowerCase(), what: `By ${keys[name].algorithm}.` },
        ...{ input: { key: name }, output: requestOf(world, keys[name]) },
      })),
      ...refusals(world),
    ],
  };
}

function refusals(world) {
  const { keys, challengeUrl, keyAuthorization } = world;
  const key = keys['registered-es256'];
  const foreign = payloadOf(world, keys['account-foreign']);
  const { jwk: other } = keys.unregistered;
  const of = (id, because, changes, as = 'incorrectResponse') => {
    const { request } = requestOf(world, key, changes);
    return refused(id, ['A key pair that is not registered.', because], { request }, as);
  };
  return [
    of('foreign-account', 'It is for another account.', { payload: foreign }),
    of('key-authorization', 'The payload is that of a challenge.', { payload: keyAuthorization }),
    of('url-other', 'It is for another URL.', { header: { url: challengeUrl(11) } }),
    of('typ-other', 'It answers a challenge.', { header: { typ: 'acme-ppkp-01+jws' } }),
    of('alg-none', 'It is not signed.', { header: { alg: 'none' } }),
    of('signed-by-another', 'Another key signed it.', { by: keys.unregistered }),
    of('jwk-other', 'It is the word of another key than is named.', { named: other }),
    of(
      'header-crit',
      'It has to be understood.',
      { header: { crit: ['exp'], exp: 1 } },
      'malformed',
    ),
    of('header-kid', 'A header has four members.', { header: { kid: 'a' } }, 'malformed'),
    of(
      'jwk-kid',
      'A member that a JWK does not need.',
      { named: { ...key.jwk, kid: 'a' } },
      'malformed',
    ),
  ];
}
