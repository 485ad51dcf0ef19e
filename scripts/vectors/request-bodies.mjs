import { createHmac } from 'node:crypto';
import { flattened } from './jws.mjs';

/** RFC 8555 §7.3.4. @param {import('./world.mjs').World} world */
export function bindingOf({ urls, externalAccount, keys }, changes = {}) {
  const { header = {}, jwk = keys.account.jwk, macKey = externalAccount.macKey } = changes;
  const mac = (input) => createHmac('sha256', macKey).update(input).digest();
  const { kid } = externalAccount;
  return flattened(undefined, { alg: 'HS256', kid, url: urls['new-account'], ...header }, jwk, mac);
}

/** The inner JWS of RFC 8555 §7.3.5, by the new key. @param {import('./world.mjs').World} world */
export function innerChange({ keys, urls, accountUrl }, changes = {}) {
  const { key = keys['account-new'], header = {}, payload = {} } = changes;
  return flattened(
    key,
    { alg: 'ES256', jwk: keys['account-new'].jwk, url: urls['key-change'], ...header },
    { account: accountUrl, oldKey: keys.account.jwk, ...payload },
  );
}

/** A request by the account's key, found by `kid`. @param {import('./world.mjs').World} world */
export const requestOf = ({ keys, accountUrl, nonce }, url, payload, header = {}) =>
  flattened(keys.account, { alg: 'ES256', kid: accountUrl, nonce, url, ...header }, payload);

/** @param {import('./world.mjs').World} world */
export function newAccountOf(world, binding = bindingOf(world)) {
  const { keys, nonce, urls } = world;
  const header = { alg: 'ES256', jwk: keys.account.jwk, nonce, url: urls['new-account'] };
  const payload = { termsOfServiceAgreed: true, externalAccountBinding: binding };
  return flattened(keys.account, header, payload);
}
