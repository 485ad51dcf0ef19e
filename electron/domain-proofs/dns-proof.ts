import type {
  DomainProof,
  ProofCleanup,
  ProofRequest,
  ProofSubject,
} from '../acme/domain-proof.ts';
import { dns01Record } from './dns-01.ts';
import { dnsAccount01Record } from './dns-account-01.ts';
import { dnsPersist01Record } from './dns-persist-01.ts';
import { DnsError } from './dns-error.ts';
import { DomainProofError } from './domain-proof-error.ts';
import type { RecordPublisher } from './record-publisher.ts';
import type { TxtRecord } from './txt-record.ts';
import type { Visibility } from './visibility.ts';

export type DnsProofType = 'dns-01' | 'dns-account-01' | 'dns-persist-01';

export interface DnsProofOptions {
  readonly publisher: RecordPublisher;
  readonly visibility: Pick<Visibility, 'lookAt' | 'waitFor'>;
  /** `dns-persist-01` only: how long the record shall count; for ever when not said. */
  readonly persistUntil?: Date;
}

/** Proves names by a TXT record: published, waited for, and taken away in the end unless it is meant to stay. */
export class DnsProof implements DomainProof {
  readonly type: DnsProofType;
  readonly #options: DnsProofOptions;

  constructor(type: DnsProofType, options: DnsProofOptions) {
    this.type = type;
    this.#options = options;
  }

  suits({ identifier }: ProofSubject): boolean {
    if (identifier.type !== 'dns') return false;
    try {
      const challengeName = dns01Record(identifier.value, '').name;
      return this.#options.publisher.suits(challengeName);
    } catch (error) {
      if (error instanceof DnsError) return false;
      throw error;
    }
  }

  async prepare(request: ProofRequest): Promise<ProofCleanup> {
    const { publisher, visibility, persistUntil } = this.#options;
    const { expires, signal } = request;
    const record = recordFor(this.type, request, persistUntil);
    const stays = this.type === 'dns-persist-01';
    if (stays && (await visibility.lookAt(record, signal)).seen === 'record') return nothing;
    const published = await publisher.publish(record, signal, stays ? 'for-good' : 'for-now');
    try {
      await visibility.waitFor(record, expires, signal);
    } catch (error) {
      // One that stays may have been there before, unseen.
      // Why it was not seen is worth more than that it could not be taken away.
      if (!stays) await published.remove().catch(() => undefined);
      throw error;
    }
    return stays ? nothing : () => published.remove();
  }
}

const nothing: ProofCleanup = () => Promise.resolve();

/** The record that answers a challenge of that type. */
export function recordFor(
  type: DnsProofType,
  request: Pick<
    ProofRequest,
    'identifier' | 'wildcard' | 'challenge' | 'keyAuthorization' | 'accountUrl' | 'newAccountUrl'
  >,
  persistUntil?: Date,
): TxtRecord {
  const { identifier, wildcard, challenge, keyAuthorization, accountUrl, newAccountUrl } = request;
  const domain = identifier.value;
  if (type === 'dns-persist-01') {
    const { issuerDomainNames, accountUri } = challenge;
    const named = { issuerDomainNames, accountUri, accountUrl, newAccountUrl };
    return dnsPersist01Record(domain, { ...named, wildcard, persistUntil });
  }
  if (keyAuthorization === undefined) {
    throw new DomainProofError('challenge-malformed', 'making a record from a challenge');
  }
  return type === 'dns-01'
    ? dns01Record(domain, keyAuthorization)
    : dnsAccount01Record(domain, { accountUrl, keyAuthorization });
}
