import { createHash } from 'node:crypto';
import { digestOf } from './dns-01.ts';
import { domainName } from './dns-name.ts';
import { challengeTtl, type TxtRecord } from './txt-record.ts';

/** draft-ietf-acme-dns-account-label §3.2: as `dns-01`, at a name of the account's own. */
export const dnsAccount01Record = (
  domain: string,
  { accountUrl, keyAuthorization }: { accountUrl: string; keyAuthorization: string },
): TxtRecord => ({
  name: domainName(`${accountLabel(accountUrl)}._acme-challenge.${domain}`),
  type: 'TXT',
  value: digestOf(keyAuthorization),
  ttl: challengeTtl,
});

/** The first ten octets of the digest of the account's URL, in 16 characters. */
export const accountLabel = (accountUrl: string): string =>
  `_${base32(createHash('sha256').update(accountUrl).digest().subarray(0, 10))}`;

// RFC 4648 §6, in lower case: some providers keep names as they are written.
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Of five octets or a multiple of them, so that there is no padding. */
function base32(octets: Uint8Array): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group, 2)]).join('');
}
