import { createHmac } from 'node:crypto';
import { flattened, spoiled } from './jws.mjs';
import { bindingOf, innerChange, newAccountOf, requestOf } from './request-bodies.mjs';
import { refused } from './world.mjs';

const what = {
  request: 'A response to totp-01.',
  binding: 'newAccount with an external account binding.',
  change: 'A key change.',
};

/** @param {import('./world.mjs').World} world */
export const requestRefusals = (world) => [
  ...headerRefusals(world),
  ...bodyRefusals(world),
  ...bindingRefusals(world),
  ...changeRefusals(world),
];

function headerRefusals(world) {
  const url = world.challengeUrl(7);
  const { account, 'account-foreign': foreign } = world.keys;
  const by = (id, because, header, ...as) =>
    refused(
      ...[id, [what.request, because]],
      { url, body: requestOf(world, url, { otp: '287082' }, header) },
      ...as,
    );
  const { jwk } = account;
  return [
    by('alg-other-curve', 'ES384 is no algorithm of a P-256 key.', { alg: 'ES384' }, ...algorithm),
    by('header-x5u', 'It names a URL of certificates.', { x5u: 'https://evil.example/' }, ...bad),
    by('header-jku', 'It names a URL of keys.', { jku: 'https://evil.example/' }, ...bad),
    by('header-crit', 'It has to be understood.', { crit: ['exp'], exp: 1 }, ...bad),
    by('header-b64', 'It says that the payload is not encoded.', { b64: false }, ...bad),
    by('url-other', 'It is for another URL.', { url: world.challengeUrl(8) }, 'unauthorized'),
    by('url-missing', 'It is for no URL.', { url: undefined }, 'unauthorized', 'malformed'),
    by('nonce-missing', 'It has no nonce.', { nonce: undefined }, 'badNonce'),
    by('nonce-not-base64url', 'Its nonce is no base64url.', { nonce: 'a+b/' }, ...bad),
    by('jwk-and-kid', 'It has both.', { jwk }, ...bad),
    by('neither-jwk-nor-kid', 'It has neither.', { kid: undefined }, ...bad),
    by('jwk-for-kid', 'An account is to be named.', { kid: undefined, jwk }, ...bad),
    by(
      ...['kid-unknown', 'There is no such account.'],
      ...[{ kid: `${world.origin}/acme/account/${'0'.repeat(22)}` }, 'accountDoesNotExist'],
    ),
    by('alg-none', 'It is not signed.', { alg: 'none' }, 'badSignatureAlgorithm'),
    refused(
      ...['alg-none-empty', [what.request, 'It is not signed, and has no signature.']],
      { url, body: unsigned(world, url) },
      ...['badSignatureAlgorithm', 'malformed'],
    ),
    refused(
      ...['alg-hs256', [what.request, 'A MAC, keyed with the public key that everybody knows.']],
      { url, body: macked(world, url) },
      'badSignatureAlgorithm',
    ),
    refused(
      ...['signed-by-another', [what.request, 'Another key signed it.']],
      { url, body: signedBy(foreign, world, url) },
      ...bad,
    ),
  ];
}

const bad = ['malformed'];
const algorithm = ['badSignatureAlgorithm', 'malformed'];

const headerOf = ({ accountUrl, nonce }, url, alg) => ({ alg, kid: accountUrl, nonce, url });

const unsigned = (world, url) =>
  flattened(undefined, headerOf(world, url, 'none'), { otp: '287082' }, () => '');

function macked(world, url) {
  const secret = world.keys.account.publicKey.export({ format: 'pem', type: 'spki' });
  return flattened(undefined, headerOf(world, url, 'HS256'), { otp: '287082' }, (input) =>
    createHmac('sha256', secret).update(input).digest(),
  );
}

const signedBy = (key, world, url) =>
  flattened(key, headerOf(world, url, 'ES256'), { otp: '287082' });

function bodyRefusals(world) {
  const url = world.challengeUrl(7);
  const right = requestOf(world, url, { otp: '287082' });
  const { protected: header, payload, signature } = right;
  const of = (id, because, body) => refused(id, [what.request, because], { url, body }, ...bad);
  const octets = spoiled(Buffer.from(signature, 'base64url')).toString('base64url');
  const other = Buffer.from('{"otp":"359152"}').toString('base64url');
  return [
    of('signature-spoiled', 'One bit of the signature is another.', {
      ...right,
      signature: octets,
    }),
    of('payload-exchanged', 'Its payload was exchanged.', { ...right, payload: other }),
    of('unprotected-header', 'It has a header that is not signed.', { ...right, header: {} }),
    of('general', 'It is in the general serialization.', {
      payload,
      signatures: [{ protected: header, signature }],
    }),
    of('compact', 'It is in the compact serialization.', `${header}.${payload}.${signature}`),
    of('padded', 'It is padded.', { ...right, protected: `${header}=` }),
  ];
}

function bindingRefusals(world) {
  const { keys, nonce, urls } = world;
  const { jwk } = keys['account-foreign'];
  const foreign = flattened(keys.account, headerOfBinding(world), keys.account.jwk);
  const url = urls['new-account'];
  const of = (id, because, binding, ...as) =>
    refused(
      `binding-${id}`,
      [what.binding, because],
      { url, body: newAccountOf(world, binding) },
      ...as,
    );
  const changed = (changes) => bindingOf(world, changes);
  return [
    of('nonce', 'The binding has a nonce.', changed({ header: { nonce } }), 'malformed'),
    of(
      'url',
      'The binding is for another URL.',
      changed({ header: { url: urls.directory } }),
      'malformed',
    ),
    of(
      'key',
      'The binding is for another account key.',
      changed({ jwk }),
      'unauthorized',
      'malformed',
    ),
    of('mac', 'The MAC is by another key.', changed({ macKey: Buffer.alloc(32) }), 'unauthorized'),
    of('kid', 'Nobody gave such a key out.', changed({ header: { kid: 'kid-2' } }), 'unauthorized'),
    of('signed', 'A signature in place of a MAC.', foreign, 'badSignatureAlgorithm', 'malformed'),
  ];
}

const headerOfBinding = ({ externalAccount, urls }) => ({
  ...{ alg: 'ES256', kid: externalAccount.kid, url: urls['new-account'] },
});

function changeRefusals(world) {
  const { keys, nonce, urls } = world;
  const url = urls['key-change'];
  const of = (id, because, changes) =>
    refused(
      ...[`key-change-${id}`, [what.change, because]],
      { url, body: requestOf(world, url, innerChange(world, changes)) },
      'malformed',
    );
  const foreign = keys['account-foreign'];
  return [
    of('nonce', 'The inner JWS has a nonce.', { header: { nonce } }),
    of('url', 'The inner JWS is for another URL.', { header: { url: urls['new-account'] } }),
    of('account', 'It is about another account.', { payload: { account: `${world.accountUrl}A` } }),
    of('old-key', 'The old key is not that of the account.', { payload: { oldKey: foreign.jwk } }),
    of('kid', 'The inner JWS names an account.', {
      header: { jwk: undefined, kid: world.accountUrl },
    }),
    of('signed-by-old-key', 'The old key signed the inner JWS.', { key: keys.account }),
  ];
}
