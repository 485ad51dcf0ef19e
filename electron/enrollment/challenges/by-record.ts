import { issuerOf } from '../../domain-proofs/dns-persist-01.ts';
import { recordFor, type DnsProofType } from '../../domain-proofs/dns-proof.ts';
import type { Challenge } from '../../acme/challenge.ts';
import type { RecordChallengeType } from './challenge-type.ts';

/** RFC 8555 §8.4 and its siblings: a TXT record that the person publishes where only they can. */
export const byRecord = (type: DnsProofType): RecordChallengeType => ({
  kind: 'record',
  type,
  stays: type === 'dns-persist-01',
  ...(type === 'dns-persist-01' && {
    issuer: ({ issuerDomainNames }: Challenge) => issuerOf(issuerDomainNames),
  }),
  record: (request) => recordFor(type, request),
});
