import type { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import { classes, nameIn, recordTypes, type ReceivedRecord } from './dns-message.ts';
import { isWithin, parentOf } from './dns-name.ts';
import type { DnsServer } from './dns-transport.ts';

/** Where a record belongs in the end. */
export interface RecordPlace {
  /** The name itself, or where its CNAME records lead. */
  readonly name: string;
  readonly zone: string;
}

export interface Lookup {
  readonly dns: DnsClient;
  /** Knows the name and all that its CNAME records lead to. */
  readonly resolver: DnsServer;
}

export const mostAliases = 8;

/** Follows CNAME records from the name, so that a proof can live in a zone made for proofs (RFC 8555 §8.4). */
export async function followAliases(
  { dns, resolver }: Lookup,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const seen = new Set([name]);
  for (let at = name; ;) {
    const { answers } = await dns.query(resolver, { name: at, type: 'CNAME' }, signal);
    const target = aliasIn(answers, at);
    if (target === undefined) return at;
    at = target;
    if (seen.has(at) || seen.size > mostAliases) throw new DnsError('alias', 'following aliases');
    seen.add(at);
  }
}

/** The zone that the name is in, by the SOA record of the nearest name above that has one. */
export async function zoneOf(
  { dns, resolver }: Lookup,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  for (let at: string | undefined = name; at !== undefined && at !== ''; at = parentOf(at)) {
    const answer = await dns.query(resolver, { name: at, type: 'SOA' }, signal);
    const records = [...answer.answers, ...answer.authorities];
    const soa = records.find((record) => isOf(record, 'SOA') && isWithin(name, record.name));
    if (soa !== undefined) return soa.name;
  }
  throw new DnsError('zone-not-found', 'looking for the zone of a name');
}

export async function placeOf(
  lookup: Lookup,
  name: string,
  signal?: AbortSignal,
): Promise<RecordPlace> {
  const target = await followAliases(lookup, name, signal);
  return { name: target, zone: await zoneOf(lookup, target, signal) };
}

/** Where the CNAME record of that name leads, if there is one. */
export function aliasIn(answers: readonly ReceivedRecord[], name: string): string | undefined {
  const alias = answers.find((record) => isOf(record, 'CNAME') && record.name === name);
  return alias && nameIn(alias);
}

export const isOf = (record: ReceivedRecord, type: keyof typeof recordTypes): boolean =>
  record.type === recordTypes[type] && record.class === classes.IN;
