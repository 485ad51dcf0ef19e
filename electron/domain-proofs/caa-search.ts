import { readCaa, type CaaProperty } from './caa-property.ts';
import { DnsError } from './dns-error.ts';
import type { ReceivedRecord } from './dns-message.ts';
import { domainName, parentOf } from './dns-name.ts';
import { aliasIn, isOf, mostAliases } from './zone.ts';

/** The CAA records that speak for a domain. */
export interface CaaSet {
  /** The name that has them. */
  readonly at: string;
  /** Undefined for a record that cannot be read. */
  readonly properties: readonly (CaaProperty | undefined)[];
}

/** The answer section for the CAA records of a name, from whoever knows. */
export type AskCaa = (name: string) => Promise<readonly ReceivedRecord[]>;

/** RFC 8659 §3: the records of the name itself, or of the nearest above that has any. Throws `DnsError`. */
export async function relevantCaaSet(ask: AskCaa, domain: string): Promise<CaaSet | undefined> {
  for (let at: string | undefined = domainName(domain); at; at = parentOf(at)) {
    const found = await caaSetAt(ask, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * RFC 8659 §3: aliases are followed as in any look-up; the names above where they lead have no say. A server that
 * does not know where an alias leads leaves the rest to us.
 */
async function caaSetAt(ask: AskCaa, name: string): Promise<CaaSet | undefined> {
  const seen = new Set<string>();
  for (let asked = name; ;) {
    const answers = await ask(asked);
    const at = endOfAliases(answers, asked, seen);
    const records = answers.filter((record) => isOf(record, 'CAA') && record.name === at);
    if (records.length > 0) return { at, properties: records.map(({ data }) => readCaa(data)) };
    if (at === asked) return undefined;
    asked = at;
  }
}

function endOfAliases(
  answers: readonly ReceivedRecord[],
  start: string,
  seen: Set<string>,
): string {
  for (let at = start; ;) {
    const target = aliasIn(answers, at);
    if (target === undefined) return at;
    seen.add(at);
    at = target;
    if (seen.has(at) || seen.size > mostAliases) throw new DnsError('alias', 'following aliases');
  }
}
