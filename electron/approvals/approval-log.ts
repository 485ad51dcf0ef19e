import { z } from 'zod';
import type { AcmeClient } from '../acme/client.ts';
import { AcmeProtocolError } from '../acme/protocol-error.ts';
import { ApprovalError } from './approval-error.ts';
import { canonicalDigest, CanonicalJsonError } from './canonical-json.ts';

const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const sequence = z.int().min(1);

const previous = z.union([z.literal(''), digest]);

/** Of another organisation: nothing but its place and its digest. */
const foreign = z.strictObject({ sequence, previous, digest });
// Members that are not known are kept: the digest is over all of them.
const own = z.looseObject({
  sequence,
  at: z.string().max(64),
  event: z.string().max(64),
  organization: z.string().max(80),
  request: z.string().max(2048).optional(),
  by: z.string().max(254).optional(),
  data: z.record(z.string(), z.unknown()),
  previous,
});
const entry = z.union([foreign, own]);
const page = z.object({ entries: z.array(entry).max(1000) });

/** An entry of a CA's log (docs/approvals.md §7), as it came. */
export type LogEntry = z.infer<typeof entry>;
export type OwnLogEntry = z.infer<typeof own>;

export const isOwnEntry = (each: LogEntry): each is OwnLogEntry => 'event' in each;

/** How a log was found to be; `sequence`: the first entry that is missing, or does not fit the one before. */
export type LogCondition =
  | { readonly holds: true; readonly length: number }
  | { readonly holds: false; readonly sequence: number };

/** Follows the chain from its beginning. */
export function checkLog(entries: readonly LogEntry[]): LogCondition {
  let before = '';
  for (const [index, each] of entries.entries()) {
    const place = index + 1;
    const fits = each.sequence === place && each.previous === before;
    const made = fits ? linkOf(each) : undefined;
    if (made === undefined) return { holds: false, sequence: place };
    before = made;
  }
  return { holds: true, length: entries.length };
}

/** Whether the log has exactly this entry, e.g. that of a receipt. */
export function hasEntry(
  entries: readonly LogEntry[],
  wanted: { readonly sequence: number; readonly digest: string },
): boolean {
  const found = entries.find((each) => each.sequence === wanted.sequence);
  return found !== undefined && digestOf(found) === wanted.digest;
}

/** What the entry after it has as `previous`: over its place and its digest. */
function linkOf(each: LogEntry): string | undefined {
  const { sequence: place, previous: before } = each;
  const found = digestOf(each);
  return found && canonicalDigest({ sequence: place, previous: before, digest: found });
}

function digestOf(each: LogEntry): string | undefined {
  if (!isOwnEntry(each)) return each.digest;
  try {
    return canonicalDigest(each);
  } catch (error) {
    if (error instanceof CanonicalJsonError) return undefined;
    throw error;
  }
}

/** Of 200 entries each. */
const mostPages = 5000;

/** The whole log, oldest first, as an auditor may read it. Throws `ApprovalError` `not-permitted` for others. */
export async function readLog(
  client: AcmeClient,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const { organizations } = await client.approvals.list({ pages: 1 }, signal);
  const urls = organizations.flatMap(({ log }) => (log === undefined ? [] : [log]));
  if (urls.length === 0) {
    const failure = { code: 'approval', reason: 'not-permitted' } as const;
    throw new ApprovalError(failure, 'finding the log of approvals');
  }
  // One CA has one log, of which each organisation's auditors can read other entries.
  const known = new Map<number, LogEntry>();
  for (const url of urls) {
    for (const each of await readPages(client, url, signal)) {
      if (isOwnEntry(each) || !known.has(each.sequence)) known.set(each.sequence, each);
    }
  }
  return [...known.values()].sort((one, other) => one.sequence - other.sequence);
}

async function readPages(
  client: AcmeClient,
  from: string,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  const seen = new Set<string>();
  let next: string | undefined = from;
  while (next !== undefined) {
    if (seen.has(next) || seen.size === mostPages) throw malformed(next);
    seen.add(next);
    const answer = await client.approvals.log(next, signal);
    // Its cause would quote what is in it.
    const read = page.safeParse(answer.entries);
    if (!read.success) throw malformed(next);
    all.push(...read.data.entries);
    next = answer.next;
  }
  return all;
}

const malformed = (url: string): AcmeProtocolError =>
  new AcmeProtocolError('approval-malformed', 'reading the log of approvals', { url });
