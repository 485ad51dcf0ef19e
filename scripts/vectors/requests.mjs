import { bindingOf, innerChange, newAccountOf, requestOf } from './request-bodies.mjs';
import { requestRefusals } from './request-refusals.mjs';

const made = (id, what, { url, key = 'account' }, payload, body) => ({
  ...{ id, what, input: { url, key, payload } },
  output: { header: Buffer.from(body.protected, 'base64url').toString(), body },
});

/** @param {import('./world.mjs').World} world */
export function requestsFile(world) {
  const { keys, urls, externalAccount, accountUrl, nonce, challengeUrl, person } = world;
  const binding = bindingOf(world);
  const order = { identifiers: [{ type: 'email', value: person.email }], profile: 'employee' };
  const code = { otp: '287082' };
  const inner = innerChange(world);
  const signed = (id, what, url, payload) =>
    made(id, what, { url }, payload, requestOf(world, url, payload));
  return {
    about:
      'Requests as they are POSTed (RFC 8555 §6.2), with a fixed nonce. ECDSA signatures are those of RFC 6979.',
    section: '1',
    madeBy: ['@noble/curves', 'node:crypto'],
    verifiedBy: ['jose'],
    given: {
      ...{ account: accountUrl, nonce, thumbprint: keys.account.thumbprint },
      externalAccount: {
        kid: externalAccount.kid,
        macKey: externalAccount.macKey.toString('base64url'),
      },
    },
    vectors: [
      {
        id: 'external-account-binding',
        what: 'RFC 8555 §7.3.4: a MAC over the account key, without a nonce.',
        input: { url: urls['new-account'], payload: keys.account.jwk },
        output: {
          header: Buffer.from(binding.protected, 'base64url').toString(),
          body: binding,
        },
      },
      made(
        ...['new-account', 'RFC 8555 §7.3, bound by that.', { url: urls['new-account'] }],
        ...[{ termsOfServiceAgreed: true, externalAccountBinding: binding }, newAccountOf(world)],
      ),
      signed('new-order', 'RFC 8555 §7.4, with a profile.', urls['new-order'], order),
      signed('challenge', 'The response of totp-01.', challengeUrl(7), code),
      signed('post-as-get', 'RFC 8555 §6.3: the payload is no octets.', challengeUrl(7), ''),
      made(
        ...['key-change-inner', 'RFC 8555 §7.3.5: by the new key, without a nonce.'],
        ...[{ url: urls['key-change'], key: 'account-new' }],
        ...[{ account: accountUrl, oldKey: keys.account.jwk }, inner],
      ),
      signed('key-change', 'Around it: by the old key.', urls['key-change'], inner),
      ...requestRefusals(world),
    ],
  };
}
