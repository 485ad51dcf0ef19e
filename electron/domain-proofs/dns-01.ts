import { createHash } from 'node:crypto';
import { domainName } from './dns-name.ts';
import { challengeTtl, type TxtRecord } from './txt-record.ts';

/** RFC 8555 §8.4. `domain` is the name that the authorization has, without `*.`. */
export const dns01Record = (domain: string, keyAuthorization: string): TxtRecord => ({
  name: domainName(`_acme-challenge.${domain}`),
  type: 'TXT',
  value: digestOf(keyAuthorization),
  ttl: challengeTtl,
});

/** The value of `dns-01` and `dns-account-01`. */
export const digestOf = (keyAuthorization: string): string =>
  createHash('sha256').update(keyAuthorization).digest('base64url');
