import { createHash } from 'node:crypto';
import { Problem } from '../problems.ts';
import { base32 } from './base32.ts';
import type { ObservedChallengeType } from './challenge-type.ts';
import type { NameResolution } from './name-resolution.ts';

/** draft-ietf-acme-dns-account-label: dns-01 at a name of the account's own, so that several can prove at once. */
export function createDnsAccount(names: NameResolution): ObservedChallengeType {
  return {
    kind: 'observed',
    type: 'dns-account-01',
    async observe({ domain, accountUrl, keyAuthorization }) {
      const expected = createHash('sha256').update(keyAuthorization).digest('base64url');
      const name = `${accountLabel(accountUrl)}._acme-challenge.${domain}`;
      const texts = await names.textsOf(name);
      if (texts.includes(expected)) return;
      throw new Problem('incorrectResponse', `No TXT record at ${name} has the expected digest.`);
    },
  };
}

/** The first ten octets of the digest of the account's URL. */
export function accountLabel(accountUrl: string): string {
  const digest = createHash('sha256').update(accountUrl).digest();
  return `_${base32(digest.subarray(0, 10))}`;
}
