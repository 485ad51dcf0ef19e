import { spoiled } from './jws.mjs';
import { signForWebauthn } from './keys.mjs';
import { base64url, digestOf, sha256 } from './octets.mjs';
import { assertion, passkeyOf, passkeysOf } from './passkeys.mjs';
import { refused } from './world.mjs';

/** @param {import('./world.mjs').World} world */
export function ppkpPasskeyFile(world) {
  const { keys, token, keyAuthorization, challengeUrl, challenge, origin } = world;
  const userHandle = base64url(sha256('user handle').subarray(0, 16));
  const place = { challenge, origin, rpId: 'ca.example', userHandle };
  const passkeys = passkeysOf(keys);
  const [first] = passkeys;
  return {
    about:
      'Responses of ppkp-01 by a passkey. `passkeys` are what the person has registered: `publicKey` is a COSE key, `signCount` the last that was seen, `synchronises` the flag BE.',
    section: '4.1',
    madeBy: ['@noble/curves (ES256)', 'node:crypto (RS256, EdDSA)'],
    verifiedBy: ['@simplewebauthn/server'],
    given: {
      ...{ url: challengeUrl(11), token, thumbprint: keys.account.thumbprint, keyAuthorization },
      ...{ origin, rpId: 'ca.example', challenge, userHandle },
      passkeys: passkeys.map(({ key, id, publicKey, signCount, synchronises }) => ({
        ...{ key: key.name, id, publicKey, signCount, synchronises },
      })),
    },
    vectors: [
      ...good(passkeys, place),
      ...pageRefusals(first, place, world),
      ...authenticatorRefusals(first, place, world),
      ...shapeRefusals(first, place),
    ],
  };
}

const counted = ({ synchronises, signCount }) => ({ signCount: synchronises ? 0 : signCount + 1 });

function good(passkeys, place) {
  const of = (id, what, passkey, changes = {}) => ({
    ...{ id, what, input: { key: passkey.key.name, ...counted(passkey) } },
    output: assertion(passkey, place, { ...counted(passkey), ...changes }),
  });
  const [first] = passkeys;
  return [
    ...passkeys.map((passkey) => {
      const { algorithm } = passkey.key;
      const kind = passkey.synchronises ? 'that synchronises and never counts' : 'that counts';
      return of(algorithm.toLowerCase(), `By ${algorithm}, by a passkey ${kind}.`, passkey);
    }),
    of('without-user-handle', 'A security key may have no room for it.', first, {
      userHandle: undefined,
    }),
    of('without-cross-origin', 'crossOrigin may be missing.', first, { crossOrigin: undefined }),
    of('unknown-members', 'Browsers add members to the client data.', first, {
      more: { other_keys_can_be_added_here: 'do not compare clientDataJSON against a template' },
    }),
  ];
}

function pageRefusals(
  passkey,
  place,
  { foreignKeyAuthorization, keyAuthorization, otherToken, keys },
) {
  const of = (id, because, changes) => {
    const { response } = assertion(passkey, place, { ...counted(passkey), ...changes });
    return refused(
      id,
      ['An assertion of another page.', because],
      { response },
      'incorrectResponse',
    );
  };
  const other = digestOf(`${otherToken}.${keys.account.thumbprint}`);
  return [
    of('type-create', 'It is of a registration.', { type: 'webauthn.create' }),
    of('type-payment', 'It is of a payment.', { type: 'payment.get' }),
    of('foreign-account', 'The challenge is of another account.', {
      challenge: digestOf(foreignKeyAuthorization),
    }),
    of('other-token', "The token is another challenge's.", { challenge: other }),
    of('key-authorization', 'The challenge is the key authorization, not its digest.', {
      challenge: base64url(keyAuthorization),
    }),
    of('challenge-padded', 'The challenge is padded.', { challenge: `${place.challenge}=` }),
    of('challenge-empty', 'The challenge is empty.', { challenge: '' }),
    of('origin-sibling', 'A page of a sibling host.', { origin: 'https://www.ca.example' }),
    of('origin-port', 'Another port.', { origin: 'https://ca.example:8443' }),
    of('origin-http', 'By http.', { origin: 'http://ca.example' }),
    of('origin-case', 'The host in other letters.', { origin: 'https://CA.example' }),
    of('origin-slash', 'An origin has no slash behind it.', { origin: 'https://ca.example/' }),
    of('cross-origin', 'Inside another page.', { crossOrigin: true }),
    of('cross-origin-text', 'No boolean.', { crossOrigin: 'false' }),
    of('top-origin', 'A page around it.', { topOrigin: 'https://evil.example' }),
    of('rp-id-parent', 'rpId is the parent domain.', { rpId: 'example' }),
    of('rp-id-other', 'rpId is another host.', { rpId: 'evil.example' }),
    of('rp-id-empty', 'rpId is nothing.', { rpId: '' }),
    of('rp-id-origin', 'The hash is of the origin.', { rpId: 'https://ca.example' }),
  ];
}

const wrong = 'incorrectResponse';
const unusable = 'unauthorized';

function authenticatorRefusals(passkey, place, { keys }) {
  const of = (id, because, changes, as, by = passkey) => {
    const { response } = assertion(by, place, { ...counted(by), ...changes });
    return refused(id, ['An assertion that proves nothing.', because], { response }, as);
  };
  const stranger = passkeyOf(keys['passkey-unknown'], { signCount: 5 });
  const sign = (by) => ({ sign: (octets) => by(octets) });
  return [
    of('user-not-present', 'UP is 0.', { present: false }, wrong),
    of('user-not-verified', 'UV is 0.', { verified: false }, unusable),
    of('count-equal', 'The counter is the one that was seen before.', { signCount: 5 }, unusable),
    of('count-lower', 'The counter went backwards.', { signCount: 4 }, unusable),
    of('count-zero', 'The counter is gone.', { signCount: 0 }, unusable),
    of('backup-eligible', 'BE is another than at the registration.', { eligible: true }, unusable),
    of(
      'user-handle-other',
      "Another person's user handle.",
      { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' },
      unusable,
    ),
    of('passkey-unknown', 'Nobody registered it.', {}, unusable, stranger),
    of(
      'signature-spoiled',
      'One bit of the signature is another.',
      sign((octets) => spoiled(signForWebauthn(passkey.key, octets))),
      wrong,
    ),
    of(
      'signature-other-key',
      'Another passkey signed it.',
      sign((octets) => signForWebauthn(stranger.key, octets)),
      wrong,
    ),
    of(
      'signature-data-only',
      'The client data is not signed.',
      sign((octets) => signForWebauthn(passkey.key, octets.subarray(0, 37))),
      wrong,
    ),
    of(
      'signature-jose',
      'r and s side by side, not an ASN.1 sequence.',
      sign((octets) => passkey.key.sign(octets)),
      wrong,
    ),
  ];
}

function shapeRefusals(passkey, place) {
  const { credential } = assertion(passkey, place, counted(passkey)).response;
  const { response } = credential;
  const of = (id, because, body, as = 'malformed') =>
    refused(`shape-${id}`, ['A response of another shape.', because], { response: body }, as);
  const withResponse = (members) => ({
    credential: { ...credential, response: { ...response, ...members } },
  });
  return [
    of('empty', 'There is no "credential".', {}),
    of('both', 'There is a "sig" as well.', { credential, sig: 'e30.e30.AA' }),
    of('text', 'It is a text.', { credential: JSON.stringify(credential) }),
    of('list', 'It is a list.', { credential: [credential] }),
    of('raw-id', 'id and rawId differ.', { credential: { ...credential, rawId: 'AAAA' } }),
    of('type', 'It is no public key.', { credential: { ...credential, type: 'password' } }),
    of('signature-missing', 'There is no signature.', withResponse({ signature: undefined })),
    of('signature-base64', 'The signature is in base64.', withResponse({ signature: 'MEQ+/w==' })),
    of(
      'client-data',
      'The client data is no JSON.',
      withResponse({ clientDataJSON: 'AAAA' }),
      wrong,
    ),
    of(
      'authenticator-data',
      'The authenticator data is too short.',
      withResponse({ authenticatorData: 'AAAA' }),
      wrong,
    ),
  ];
}
