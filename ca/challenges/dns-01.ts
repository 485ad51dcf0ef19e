import { createHash } from 'node:crypto';
import { Problem } from '../problems.ts';
import type { ObservedChallengeType } from './challenge-type.ts';
import type { NameResolution } from './name-resolution.ts';

/** RFC 8555 §8.4: the digest of the key authorization, in a TXT record below the name. */
export function createDns(names: NameResolution): ObservedChallengeType {
  return {
    kind: 'observed',
    type: 'dns-01',
    async observe({ domain, keyAuthorization }) {
      const expected = createHash('sha256').update(keyAuthorization).digest('base64url');
      const name = `_acme-challenge.${domain}`;
      const texts = await names.textsOf(name);
      if (texts.includes(expected)) return;
      throw new Problem('incorrectResponse', `No TXT record at ${name} has the expected digest.`);
    },
  };
}
