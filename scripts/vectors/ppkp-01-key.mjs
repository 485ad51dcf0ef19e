import { compact } from './jws.mjs';
import { proofRefusals } from './proof-refusals.mjs';
import { refused } from './world.mjs';

/** @param {import('./world.mjs').World} world */
export function ppkpKeyFile(world) {
  const { keys, token, keyAuthorization, challengeUrl, challenge } = world;
  const url = challengeUrl(11);
  const typ = 'acme-ppkp-01+jws';
  const registered = ['registered-es256', 'registered-eddsa', 'registered-rsa'];
  const headerOf = ({ algorithm, jwk }) => ({ alg: algorithm, typ, jwk, url });
  const key = keys['registered-es256'];
  const proof = { key, header: headerOf(key), otherType: 'acme-cert-01+jws' };
  return {
    about: 'Responses of ppkp-01 by a registered key pair.',
    section: '4.2',
    madeBy: ['@noble/curves (ES256)', 'node:crypto (RS256, EdDSA)'],
    verifiedBy: ['jose'],
    given: {
      ...{ url, token, thumbprint: keys.account.thumbprint, keyAuthorization, digest: challenge },
      keys: registered.map((name) => keys[name].thumbprint),
    },
    vectors: [
      ...registered.map((name) => ({
        id: keys[name].algorithm.toLowerCase(),
        what: `By ${keys[name].algorithm}.`,
        input: { key: name },
        output: compact(keys[name], headerOf(keys[name]), keyAuthorization),
      })),
      ...proofRefusals(world, proof),
      ...keyRefusals(world, { proof, headerOf }),
    ],
  };
}

const what = 'A good signature, by no good key.';

function keyRefusals({ keys, keyAuthorization }, { proof, headerOf }) {
  const of = (id, because, { key = proof.key, header = headerOf(key) }, ...as) =>
    refused(
      ...[id, [what, because], { response: compact(key, header, keyAuthorization).response }],
      ...as,
    );
  const { jwk, privateJwk } = proof.key;
  const more = (members) => ({ header: { ...proof.header, jwk: { ...jwk, ...members } } });
  return [
    of('key-unregistered', 'Nobody registered it.', { key: keys.unregistered }, 'unauthorized'),
    of('key-of-account', 'It is the account key.', { key: keys.account }, 'unauthorized'),
    of('jwk-kid', 'Members that a JWK does not need.', more({ kid: 'a' }), 'malformed'),
    of('jwk-alg', 'Members that a JWK does not need.', more({ alg: 'ES256' }), 'malformed'),
    of(
      'jwk-private',
      'The private half stands in it.',
      { header: { ...proof.header, jwk: privateJwk } },
      'malformed',
      'badPublicKey',
    ),
    of(
      'jwk-missing',
      'There is none.',
      { header: { ...proof.header, jwk: undefined } },
      'malformed',
    ),
    of(
      'jwk-other',
      'It is another registered key.',
      { header: { ...proof.header, jwk: keys.account.jwk } },
      'incorrectResponse',
    ),
    of(
      'x5c-for-jwk',
      'A certificate in place of the key.',
      { header: { ...proof.header, jwk: undefined, x5c: ['AAAA'] } },
      'malformed',
    ),
  ];
}
