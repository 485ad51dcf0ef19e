import { digestOf, sha256 } from './octets.mjs';

/** Digests and what they are of. @param {import('./world.mjs').World} world */
export function keyAuthorizationFile({ keys, token, keyAuthorization, challenge }) {
  const { jwk, thumbprint } = keys.account;
  const node =
    'p3yRYFU4KxwQaHQjJ2RdiQtPUZNY4ONIk6LxErRFEjVw.LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ';
  const colons = Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase().match(/../g);
  return {
    about: 'The key authorization, and the digests that are made of it and of the account key.',
    section: '1',
    madeBy: ['node:crypto'],
    verifiedBy: ['jose (thumbprints)', '@noble/curves (SHA-256)'],
    vectors: [
      {
        ...{ id: 'thumbprint', what: 'RFC 7638, SHA-256, of the account key.', input: { jwk } },
        output: { thumbprint },
      },
      {
        ...{ id: 'key-authorization', what: 'RFC 8555 §8.1.', input: { token, thumbprint } },
        output: { keyAuthorization },
      },
      {
        id: 'digest',
        what: 'SHA-256 over the ASCII of the key authorization: the value of dns-01 and dns-account-01, and the WebAuthn challenge of ppkp-01.',
        input: { keyAuthorization },
        output: { base64url: challenge, hex: sha256(keyAuthorization).toString('hex') },
      },
      {
        id: 'matching-code',
        what: 'What the person compares on both sides of a passkey ceremony (4.1).',
        input: { thumbprint },
        output: { code: thumbprint.slice(0, 8) },
      },
      {
        id: 'fingerprint',
        what: 'The thumbprint as tkauth-01 writes it (RFC 9447).',
        input: { thumbprint },
        output: { fingerprint: `SHA256 ${colons.join(':')}` },
      },
      {
        id: 'digest-of-another',
        what: 'The same digest of the key authorization that draft-ietf-acme-dtnnodeid prints (bp-nodeid-00).',
        input: { keyAuthorization: node },
        output: { base64url: digestOf(node), hex: sha256(node).toString('hex') },
      },
    ],
  };
}
