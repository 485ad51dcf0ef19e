import type { DatabaseSync } from 'node:sqlite';
import { CanonicalJsonError, canonicalDigest, canonicalJson } from '../canonical-json.ts';
import type { Json } from '../canonical-json.ts';
import * as rows from './rows.ts';
import type { Seal } from './seal.ts';
import type { Transactions } from './transactions.ts';

export type LogEvent =
  | 'organization-added'
  | 'member-added'
  | 'member-removed'
  | 'rule-changed'
  | 'domain-added'
  | 'domain-removed'
  | 'requested'
  | 'proposed'
  | 'decided'
  | 'granted'
  | 'withdrawn'
  | 'message'
  | 'issued'
  | 'revoked';

/** docs/approvals.md §7, to the letter: what is digested is this. */
export type LogEntry = {
  /** From 1 on, without a gap. */
  readonly sequence: number;
  /** RFC 3339, UTC, seconds. */
  readonly at: string;
  readonly event: LogEvent;
  /** Its name. */
  readonly organization: string;
  /** URL of the request. */
  readonly request?: string;
  /** Address of a person, or name of a service. */
  readonly by?: string;
  readonly data: Readonly<Record<string, Json>>;
  /** `linkOf` the entry before; empty in the first. */
  readonly previous: string;
};

export type NewLogEntry = Pick<LogEntry, 'event' | 'organization' | 'request' | 'by'> & {
  readonly at: Date;
  readonly data?: LogEntry['data'];
};

/** How the log was found to be; `sequence` is that of the first entry that does not fit. */
export type LogCondition =
  | { readonly sound: true; readonly length: number }
  | { readonly sound: false; readonly sequence: number };

/** Nothing is added to a log that was changed by somebody else, and so nothing happens that would have to be in it. */
export class ApprovalLogError extends Error {
  readonly code = 'damagedLog';
  readonly sequence: number;

  constructor(sequence: number) {
    super(`the log of approvals was changed: entry ${sequence} is not what it was`);
    this.sequence = sequence;
  }
}

/** What was done about approvals, each entry chained to the one before. */
export type ApprovalLog = {
  /**
   * Adds an entry to the transaction under way, or in one of its own; call it in that of the deed. Throws
   * ApprovalLogError once the log is known to be damaged.
   */
  append(entry: NewLogEntry): LogEntry;
  /** After a sequence number, oldest first. */
  entries(after: number, most: number): readonly LogEntry[];
  /** Newest first. */
  newest(most: number): readonly LogEntry[];
  /** Reads the whole log; what is found damaged stays so until the CA is started anew. */
  verify(): LogCondition;
  /** As it was last found. */
  condition(): LogCondition;
  /** Calls back for each entry once it is kept. A listener must not throw. */
  subscribe(listener: (entry: LogEntry) => void): () => void;
};

type Head = { readonly sequence: number; readonly digest: string };

const PLACE = 'approval_log_head';
const none: Head = { sequence: 0, digest: '' };

export function createApprovalLog(
  database: DatabaseSync,
  { seal, transactions }: { readonly seal: Seal; readonly transactions: Transactions },
): ApprovalLog {
  const heads = createHeads(database, seal);
  const stored = database.prepare('SELECT * FROM approval_log ORDER BY sequence');
  const after = database.prepare(
    'SELECT * FROM approval_log WHERE sequence > ? ORDER BY sequence LIMIT ?',
  );
  const newest = database.prepare('SELECT * FROM approval_log ORDER BY sequence DESC LIMIT ?');
  const insert = database.prepare('INSERT INTO approval_log (sequence, entry) VALUES (?, ?)');
  const listeners = new Set<(entry: LogEntry) => void>();
  let damage: number | undefined;

  const verify = (): LogCondition => {
    const head = heads.read();
    const broken = firstThatDoesNotFit(stored.iterate(), head);
    damage = broken === undefined ? damage : nameOf(broken, stored.all(), head);
    return condition();
  };
  const condition = (): LogCondition =>
    damage === undefined
      ? { sound: true, length: heads.read()?.sequence ?? 0 }
      : { sound: false, sequence: damage };
  const last = (): Head => {
    const head = heads.read();
    const [row] = newest.all(1);
    if (damage === undefined && !isHead(row, head)) verify();
    if (damage !== undefined || head === undefined) throw new ApprovalLogError(damage ?? 1);
    return head;
  };
  verify();
  return {
    append: ({ at, data = {}, ...deed }) =>
      transactions.run(() => {
        const { sequence, digest: previous } = last();
        const entry = { ...deed, sequence: sequence + 1, at: timeOf(at), data, previous };
        insert.run(entry.sequence, canonicalJson(entry));
        heads.write({ sequence: entry.sequence, digest: linkOf(entry) });
        transactions.afterwards(() => listeners.forEach((listener) => listener(entry)));
        return entry;
      }),
    entries: (sequence, most) => after.all(sequence, most).flatMap(toEntry),
    newest: (most) => newest.all(most).flatMap(toEntry),
    verify,
    condition,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * What the entry after it has as `previous`: over the digest of the entry and its place, so that who may not read the
 * entry can still tell that it stands behind the one before.
 */
export function linkOf({ sequence, previous, ...rest }: ChainedEntry): string {
  const digest = canonicalDigest({ ...rest, sequence, previous });
  return canonicalDigest({ sequence, previous, digest });
}

type ChainedEntry = Readonly<Record<string, Json>> & {
  readonly sequence: Json;
  readonly previous: Json;
};

/** RFC 3339 as approvals have it: UTC, whole seconds. */
export function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * Where the log ends, sealed with the key that is not in the database: without it, whoever can write to the
 * database could chain a log of their own, or cut off its end.
 */
function createHeads(database: DatabaseSync, seal: Seal) {
  const select = database.prepare('SELECT head FROM approval_log_head');
  const upsert = database.prepare(
    `INSERT INTO approval_log_head (id, head) VALUES (1, ?)
     ON CONFLICT (id) DO UPDATE SET head = excluded.head`,
  );
  return {
    /** Undefined when there is none that this CA wrote. */
    read(): Head | undefined {
      const row = select.get();
      if (row === undefined) return undefined;
      try {
        return JSON.parse(seal.open(rows.bytes(row, 'head'), PLACE).toString()) as Head;
      } catch (error) {
        if (error instanceof rows.StateError) return undefined;
        throw error;
      }
    },
    write: (head: Head): void =>
      void upsert.run(seal.close(Buffer.from(JSON.stringify(head)), PLACE)),
  };
}

/** An empty log has an end as well: what was emptied by somebody else is not taken for a new one. */
export function beginApprovalLog(database: DatabaseSync, seal: Seal): void {
  const heads = createHeads(database, seal);
  if (heads.read() === undefined) heads.write(none);
}

function isHead(row: rows.Row | undefined, head: Head | undefined): boolean {
  if (row === undefined) return head?.sequence === 0;
  return (
    head !== undefined &&
    rows.number(row, 'sequence') === head.sequence &&
    digestIn(row) === head.digest
  );
}

function firstThatDoesNotFit(
  entries: Iterable<rows.Row>,
  head: Head | undefined,
): number | undefined {
  let before = none;
  for (const row of entries) {
    const sequence = before.sequence + 1;
    const digest = follows(row, before) ? digestIn(row) : undefined;
    if (digest === undefined || (head?.sequence === sequence && head.digest !== digest)) {
      return sequence;
    }
    before = { sequence, digest };
  }
  if (head?.sequence === before.sequence) return undefined;
  // More than was written, or less; without a head, nobody knows since when.
  return head === undefined ? 1 : Math.min(head.sequence, before.sequence) + 1;
}

/**
 * An entry that looks back to something else than is there: where the entry after it, or the end, vouches for it, the
 * one before was changed.
 */
function nameOf(sequence: number, all: readonly rows.Row[], head: Head | undefined): number {
  const [before, row, next] = [sequence - 2, sequence - 1, sequence].map((index) => all[index]);
  if (before === undefined || row === undefined) return sequence;
  const entry = parsed(rows.text(row, 'entry'));
  if (entry?.['sequence'] !== sequence || entry['previous'] === digestIn(before)) return sequence;
  const vouched =
    next === undefined ? head?.digest : parsed(rows.text(next, 'entry'))?.['previous'];
  return vouched === linkOf(chained(entry)) ? sequence - 1 : sequence;
}

function digestIn(row: rows.Row): string | undefined {
  return digestOf(rows.text(row, 'entry'));
}

function follows(row: rows.Row, before: Head): boolean {
  const entry = parsed(rows.text(row, 'entry'));
  return (
    rows.number(row, 'sequence') === before.sequence + 1 &&
    entry?.['sequence'] === before.sequence + 1 &&
    entry['previous'] === before.digest
  );
}

/** Undefined for what is no canonical JSON object. */
function parsed(text: string): Readonly<Record<string, Json>> | undefined {
  try {
    const value = JSON.parse(text) as Json;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject || canonicalJson(value) !== text) return undefined;
    return value as Readonly<Record<string, Json>>;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CanonicalJsonError) return undefined;
    throw error;
  }
}

/** Of what is not canonical, that of nothing. */
function digestOf(text: string): string | undefined {
  const entry = parsed(text);
  return entry === undefined ? undefined : linkOf(chained(entry));
}

/** What was damaged may lack anything. */
function chained(entry: Readonly<Record<string, Json>>): ChainedEntry {
  return { ...entry, sequence: entry['sequence'] ?? null, previous: entry['previous'] ?? null };
}

/** Nothing for what was damaged beyond reading. */
function toEntry(row: rows.Row): readonly LogEntry[] {
  const entry = parsed(rows.text(row, 'entry'));
  // Written by `append`, or found by `verify` not to be.
  return entry === undefined ? [] : [entry as unknown as LogEntry];
}
