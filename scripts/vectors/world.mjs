import { makeKeys } from './keys.mjs';
import { digestOf, sha256 } from './octets.mjs';

const origin = 'https://ca.example';

/** What the files have in common. */
export function makeWorld() {
  const keys = makeKeys();
  const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';
  const keyAuthorization = `${token}.${keys.account.thumbprint}`;
  return {
    ...{ keys, token, keyAuthorization, origin },
    /** What a passkey signs over. */
    challenge: digestOf(keyAuthorization),
    foreignKeyAuthorization: `${token}.${keys['account-foreign'].thumbprint}`,
    otherToken: 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
    accountUrl: `${origin}/acme/account/ExampleAccountOfAlexAA`,
    nonce: 'oFvnlFP1wIhRlYS2jTaXbA',
    urls: Object.fromEntries(
      ['directory', 'new-nonce', 'new-account', 'new-order', 'key-change', 'new-credential'].map(
        (name) => [name, `${origin}/acme/${name}`],
      ),
    ),
    challengeUrl: (id) => `${origin}/acme/challenge/${id}`,
    externalAccount: {
      kid: 'kid-1',
      macKey: sha256('countersign test vector: external account'),
    },
    person: { name: 'Alex Example', email: 'alex@example.test' },
    /** A moment at which all that is good counts. */
    now: '2026-11-22T12:00:00.000Z',
  };
}

/** @typedef {ReturnType<typeof makeWorld>} World */

/** A vector that is to be refused. `as`: any one of these. */
export const refused = (id, [what, because], input, ...as) => ({
  ...{ id, what, input },
  refusal: { by: 'server', as, because },
});
