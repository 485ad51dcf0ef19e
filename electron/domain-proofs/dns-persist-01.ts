import { DomainProofError } from './domain-proof-error.ts';
import { domainName } from './dns-name.ts';
import { persistentTtl, type TxtRecord } from './txt-record.ts';

export interface PersistentRecord {
  /** From the challenge; undefined when it had none, or none that is good. */
  readonly issuerDomainNames: readonly string[] | undefined;
  /** Where the CA says in the challenge which account it means. */
  readonly accountUri?: string | undefined;
  /** Ours. */
  readonly accountUrl: string;
  /** Where the CA makes accounts. */
  readonly newAccountUrl: string;
  /** For all names below, too. */
  readonly wildcard: boolean;
  /** The record says itself when it ends to count. */
  readonly persistUntil?: Date | undefined;
}

const mostNames = 10;

/**
 * draft-ietf-acme-dns-persist §4: a record that stays, and names CA and account. Throws `DomainProofError` for a
 * challenge that is malformed.
 */
export const dnsPersist01Record = (domain: string, record: PersistentRecord): TxtRecord => ({
  name: domainName(`_validation-persist.${domain}`),
  type: 'TXT',
  value: issueValue(record),
  ttl: persistentTtl,
});

/** RFC 8659 §4.2 `issue-value`. */
function issueValue(record: PersistentRecord): string {
  const { issuerDomainNames, wildcard, persistUntil } = record;
  return [
    issuerOf(issuerDomainNames),
    `accounturi=${accountOf(record)}`,
    ...(wildcard ? ['policy=wildcard'] : []),
    // Seconds, never later than was meant.
    ...(persistUntil ? [`persistUntil=${Math.floor(persistUntil.getTime() / 1000)}`] : []),
  ].join('; ');
}

// Stricter than the names that we prove: an issuer's has no underscore, and is in its normal form already (§3.1).
const normalisedName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** §3.1: one to ten normalised names; any other challenge is malformed. We are free to choose. */
export function issuerOf(names: readonly string[] | undefined): string {
  const good = (name: string): boolean => name.length <= 253 && normalisedName.test(name);
  const [first] = names ?? [];
  if (names !== undefined && first !== undefined && names.length <= mostNames && names.every(good))
    return first;
  throw new DomainProofError('challenge-malformed', 'reading the issuers of a challenge');
}

/** A record for somebody else's account would let them have certificates for our name. */
function accountOf({ accountUri, accountUrl, newAccountUrl }: PersistentRecord): string {
  // RFC 8659 §4.2: a value is printable ASCII without spaces and semicolons.
  const writable = /^[\x21-\x3a\x3c-\x7e]+$/.test(accountUrl);
  // Together with the issuer, which the challenge chooses freely, an account elsewhere would be a stranger's at another CA.
  const isOfThisCa = URL.parse(accountUrl)?.origin === new URL(newAccountUrl).origin;
  if (writable && isOfThisCa && (accountUri ?? accountUrl) === accountUrl) return accountUrl;
  throw new DomainProofError('account-url', 'naming the account in a record');
}
