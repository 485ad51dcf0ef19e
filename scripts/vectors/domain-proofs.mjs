import { base64url, sha256 } from './octets.mjs';
import { certificateId } from './certificates.mjs';

/** RFC 4648 §6 in lower case, of a multiple of five octets. */
function base32(octets) {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return bits
    .match(/.{5}/g)
    .map((group) => letters[Number.parseInt(group, 2)])
    .join('');
}

const labelOf = (accountUrl) => `_${base32(sha256(accountUrl).subarray(0, 10))}`;

/** @param {import('./world.mjs').World} world */
export function domainProofsFile({ token, keyAuthorization, challenge, accountUrl }) {
  const domain = 'example.org';
  const issuers = ['ca.example', 'ca.example.net'];
  const example = 'https://example.com/acme/acct/ExampleAccount';
  const persistent = { domain, issuerDomainNames: issuers, accountUrl };
  const value = `ca.example; accounturi=${accountUrl}`;
  const name = `_validation-persist.${domain}`;
  return {
    about: 'TXT records that prove a domain. The value is one character string of the record.',
    section: '1',
    madeBy: ['node:crypto'],
    verifiedBy: [
      '@noble/curves (SHA-256)',
      'the label that draft-ietf-acme-dns-account-label prints',
    ],
    vectors: [
      {
        ...{ id: 'dns-01', what: 'RFC 8555 §8.4.', input: { domain, token, keyAuthorization } },
        output: { name: `_acme-challenge.${domain}`, value: challenge },
      },
      {
        id: 'dns-account-01-label',
        what: 'draft-ietf-acme-dns-account-label §3.2, and what it prints itself.',
        input: { accountUrl: example },
        output: { label: labelOf(example) },
      },
      {
        id: 'dns-account-01',
        what: 'The same for the account of these files.',
        input: { domain, token, keyAuthorization, accountUrl },
        output: {
          name: `${labelOf(accountUrl)}._acme-challenge.${domain}`,
          value: challenge,
        },
      },
      {
        id: 'dns-persist-01',
        what: 'draft-ietf-acme-dns-persist §4: for the name itself. Any of the issuers may be named.',
        input: { ...persistent, wildcard: false },
        output: { name, value },
      },
      {
        id: 'dns-persist-01-wildcard',
        what: 'For the names below as well.',
        input: { ...persistent, wildcard: true },
        output: { name, value: `${value}; policy=wildcard` },
      },
      {
        id: 'dns-persist-01-until',
        what: 'For the name itself, until a moment in seconds since 1970.',
        input: { ...persistent, wildcard: false, persistUntil: '2027-01-01T00:00:00.000Z' },
        output: { name, value: `${value}; persistUntil=1798761600` },
      },
    ],
  };
}

/** RFC 9773 §4.1. */
export function renewalFile({ leaves }) {
  const keyIdentifier = '69885b6b87464041e1b37b847ba0ae2cde01c8d4';
  const serialNumber = '0087654321';
  const parts = [keyIdentifier, serialNumber].map((hex) => base64url(Buffer.from(hex, 'hex')));
  const { der } = leaves['leaf-es256'];
  return {
    about: 'How renewal information names a certificate (ARI).',
    section: '6',
    madeBy: ['@peculiar/x509'],
    verifiedBy: ['OpenSSL (openssl x509 -ext -serial)'],
    vectors: [
      {
        ...{ id: 'rfc-9773', what: 'The example of RFC 9773 §4.1.' },
        ...{ input: { keyIdentifier, serialNumber }, output: { certificateId: parts.join('.') } },
      },
      {
        id: 'leaf-es256',
        what: 'Of a certificate of these files; the serial number keeps the 00 that DER puts before it.',
        input: { certificate: der.toString('base64') },
        output: { certificateId: certificateId(der) },
      },
    ],
  };
}
