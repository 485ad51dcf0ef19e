import type { Json } from '../acme/objects.ts';
import { digestOf } from './canonical.ts';
import { rules } from './document.ts';

export const events = [
  ...['organization-added', 'member-added', 'member-removed', 'rule-changed', 'domain-added'],
  ...['domain-removed', 'requested', 'proposed', 'decided', 'granted', 'withdrawn', 'message'],
  ...['issued', 'revoked'],
];

/** What docs/approvals.md §7 says of a log is not so: where, and why. */
export function logFault(
  entries: readonly Json[],
): { readonly sequence: number; readonly why: string } | undefined {
  let previous = '';
  for (const [index, entry] of entries.entries()) {
    const sequence = index + 1;
    const fault = entryFault(entry, sequence, previous);
    if (fault !== undefined) return { sequence, why: fault };
    const digest = isForeign(entry) ? String(entry['digest']) : digestOf(entry);
    previous = digestOf({ sequence, previous, digest });
  }
  return undefined;
}

/** An entry of another organisation, as an auditor gets it. */
export function isForeign(entry: Json): boolean {
  return Object.keys(entry).sort().join() === 'digest,previous,sequence';
}

function entryFault(entry: Json, sequence: number, previous: string): string | undefined {
  if (entry['sequence'] !== sequence)
    return `its "sequence" is ${JSON.stringify(entry['sequence'])}`;
  if (entry['previous'] !== previous) return '"previous" does not fit the entry before';
  if (isForeign(entry)) {
    return rules.digest.holds(entry['digest']) ? undefined : 'its "digest" is none';
  }
  if (!events.includes(String(entry['event'])))
    return `its "event" is ${JSON.stringify(entry['event'])}`;
  if (!rules.time.holds(entry['at'])) return '"at" is no time';
  if (typeof entry['organization'] !== 'string') return 'it names no organisation';
  const { data } = entry;
  return typeof data === 'object' && data !== null ? undefined : 'it has no "data"';
}
