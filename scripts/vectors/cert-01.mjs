import { compact } from './jws.mjs';
import { keptPss } from './keys.mjs';
import { writtenBefore } from './kept.mjs';
import { proofRefusals } from './proof-refusals.mjs';
import { refused } from './world.mjs';

const typ = 'acme-cert-01+jws';

/** @param {import('./world.mjs').World} world */
export function certFile(world, certificates) {
  const { token, keyAuthorization, now, person, keys, challengeUrl, challenge } = world;
  const { authorities, leaves, lists } = certificates;
  const encode = (der) => der.toString('base64');
  const intermediate = encode(authorities['people-ca'].der);
  const url = challengeUrl(9);
  const chainOf = (name) => [encode(leaves[name].der), intermediate];
  const headerOf = (name, alg = leaves[name].key.algorithm) => ({
    ...{ alg, typ, x5c: chainOf(name), url },
  });
  const good = (name, alg = leaves[name].key.algorithm) => {
    const { key } = leaves[name];
    const sign = alg === 'PS256' ? (input) => signPss(key, Buffer.from(input)) : undefined;
    return {
      id: alg.toLowerCase(),
      what: `By ${alg}${alg === 'PS256' ? ', with a salt that was chance once and is kept' : ''}.`,
      input: { key: key.name, certificate: name, alg },
      output: compact(key, headerOf(name, alg), keyAuthorization, sign),
    };
  };
  const { key } = leaves['leaf-es256'];
  const proof = { key, header: headerOf('leaf-es256'), otherType: 'acme-ppkp-01+jws' };
  return {
    about:
      'Responses of cert-01. `anchor` is trusted for challenges, and takes the mail address in a leaf for its person; both revocation lists are current.',
    section: '3',
    madeBy: ['@noble/curves (ES256, ES384, ES512)', 'node:crypto (RS256, PS256, EdDSA)'],
    verifiedBy: ['jose', 'OpenSSL (the chains)'],
    given: {
      ...{ url, token, thumbprint: keys.account.thumbprint, keyAuthorization, digest: challenge },
      ...{ now, person: person.email },
      anchor: encode(authorities.root.der),
      revocationLists: [lists.root, lists['people-ca']].map(encode),
    },
    vectors: [
      ...['leaf-es256', 'leaf-es384', 'leaf-es512', 'leaf-eddsa', 'leaf-rsa'].map((name) =>
        good(name),
      ),
      good('leaf-rsa', 'PS256'),
      ...proofRefusals(world, proof),
      ...chainRefusals(world, { proof, leaf: leaves['leaf-es256'].der, intermediate }),
      ...Object.keys(leaves)
        .filter((name) => !name.startsWith('leaf-'))
        .map((name) =>
          refused(
            ...[
              `certificate-${name}`,
              ['A good signature, by no good certificate.', leaves[name].what],
            ],
            { response: compact(leaves[name].key, headerOf(name), keyAuthorization).response },
            'unauthorized',
          ),
        ),
    ],
  };
}

function signPss(key, input) {
  const before = writtenBefore('cert-01', 'ps256')?.output.response.sig.split('.')[2];
  return keptPss(key, input, before) ?? key.sign(input, 'PS256');
}

function chainRefusals({ keyAuthorization }, { proof, leaf, intermediate }) {
  const right = leaf.toString('base64');
  const of = (id, because, x5c, ...as) => {
    const { response: given } = compact(proof.key, { ...proof.header, x5c }, keyAuthorization);
    const accepted = as.length === 0 ? ['malformed'] : as;
    return refused(
      `chain-${id}`,
      ['A chain that is none.', because],
      { response: given },
      ...accepted,
    );
  };
  const unsound = leaf.toString('base64url');
  const { response } = compact(
    proof.key,
    { ...proof.header, jwk: proof.key.jwk },
    keyAuthorization,
  );
  return [
    refused(
      'header-jwk',
      ['A response to a challenge.', 'No key beside it.'],
      { response },
      'malformed',
    ),
    of('missing', 'There is none.', undefined),
    of('empty', 'It has no certificate.', []),
    of('text', 'It is a text.', right),
    of('base64url', 'It is in base64url.', [unsound, intermediate]),
    of('lines', 'It has line ends.', [right.replace(/.{64}/g, '$&\n'), intermediate]),
    of('no-certificate', 'It is no certificate.', ['AAAA', intermediate]),
    of('trailing', 'Octets stand behind the certificate.', [
      Buffer.concat([leaf, Buffer.of(0)]).toString('base64'),
      intermediate,
    ]),
    of('nine', 'It has nine certificates.', Array(9).fill(right)),
    of('incomplete', 'The intermediate is missing.', [right], 'unauthorized'),
    of('reversed', 'The leaf is not first.', [intermediate, right], ...['incorrectResponse']),
  ];
}
