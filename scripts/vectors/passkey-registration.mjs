import { base64url, digestOf, sha256 } from './octets.mjs';
import { passkeysOf, registration } from './passkeys.mjs';
import { refused } from './world.mjs';

/** @param {import('./world.mjs').World} world */
export function passkeyRegistrationFile(world) {
  const { keys, urls, origin } = world;
  const challenge = digestOf('countersign test vector: registration');
  const place = { challenge, origin, rpId: 'ca.example' };
  const passkeys = passkeysOf(keys);
  const [first] = passkeys;
  return {
    about:
      'Registration of a passkey: the payload of the account-signed request that ends it. `challenge` is that of the creation options.',
    section: '4.3',
    madeBy: ['@noble/curves (ES256)', 'node:crypto (RS256, EdDSA)'],
    verifiedBy: ['@simplewebauthn/server'],
    given: {
      ...{ url: urls['new-credential'], thumbprint: keys.account.thumbprint, ...place },
    },
    vectors: [
      ...passkeys.map((passkey) => {
        const { key, id, publicKey, signCount, synchronises } = passkey;
        return {
          id: key.algorithm.toLowerCase(),
          what: `By ${key.algorithm}; what the server keeps of it.`,
          input: { key: key.name },
          output: {
            passkey: { id, publicKey, signCount, synchronises },
            ...registration(passkey, place),
          },
        };
      }),
      ...refusals(first, place),
    ],
  };
}

function refusals(passkey, place) {
  const of = (id, because, changes, as = 'incorrectResponse') => {
    const { request } = registration(passkey, place, changes);
    return refused(id, ['A passkey that is not registered.', because], { request }, as);
  };
  const other = base64url(sha256('another credential'));
  const maker = new Map([
    ['alg', -7],
    ['sig', Buffer.of(0x30, 0)],
    ['x5c', [Buffer.of(0x30, 0)]],
  ]);
  return [
    of('type-get', 'It is an assertion.', { type: 'webauthn.get' }),
    of('challenge-other', 'It was made for another request.', { challenge: digestOf('another') }),
    of('origin-sibling', 'A page of a sibling host.', { origin: 'https://www.ca.example' }),
    of('origin-port', 'Another port.', { origin: 'https://ca.example:8443' }),
    of('cross-origin', 'Inside another page.', { crossOrigin: true }),
    of('rp-id-parent', 'rpId is the parent domain.', { rpId: 'example' }),
    of('user-not-present', 'UP is 0.', { present: false }),
    of('user-not-verified', 'UV is 0.', { verified: false }),
    of('id-other', 'The id that it attests is another.', { attestedId: other }),
    of('no-key', 'It attests no key.', { attests: false }),
    of(
      'attestation-of-maker',
      'It comes with certificates of a maker, which nobody asked for or looks at.',
      {
        ...{ format: 'packed', statement: maker },
      },
    ),
  ];
}
