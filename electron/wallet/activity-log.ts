import { z } from 'zod';
import { activityEvents, type ActivityEntry } from '../../shared/models/credential.ts';
import { parsed } from './json-column.ts';
import { time } from './schemas.ts';
import type { Row, Table } from './table.ts';

export interface ActivityFilter {
  readonly credentialId?: string;
  readonly organizationId?: string;
  /** 200 when not said. */
  readonly limit?: number;
}

const entry = z.strictObject({
  at: time,
  event: z.enum(activityEvents),
  organizationId: z.string().exactOptional(),
  credentialId: z.string().exactOptional(),
  detail: z.string().exactOptional(),
}) satisfies z.ZodType<ActivityEntry>;

/** What the wallet did; entries are added and never changed. */
export class ActivityLog {
  readonly #table: Table;
  readonly #clock: () => Date;

  constructor(table: Table, clock: () => Date) {
    this.#table = table;
    this.#clock = clock;
  }

  append(done: Omit<ActivityEntry, 'at'>): void {
    this.#table.run(
      `INSERT INTO activity (at, event, organization_id, credential_id, detail)
       VALUES (:at, :event, :organizationId, :credentialId, :detail)`,
      {
        at: this.#clock().toISOString(),
        event: done.event,
        organizationId: done.organizationId ?? null,
        credentialId: done.credentialId ?? null,
        detail: done.detail ?? null,
      },
    );
  }

  /** Newest first. */
  entries(filter: ActivityFilter = {}): readonly ActivityEntry[] {
    const conditions = [
      ...(filter.credentialId === undefined ? [] : ['credential_id = :credentialId']),
      ...(filter.organizationId === undefined ? [] : ['organization_id = :organizationId']),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const { limit = 200, ...named } = filter;
    const rows = this.#table.rows(
      `SELECT at, event, organization_id AS organizationId, credential_id AS credentialId, detail
       FROM activity ${where} ORDER BY sequence DESC LIMIT :limit`,
      { ...named, limit },
    );
    return rows.map(readEntry);
  }
}

function readEntry(row: Row): ActivityEntry {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return parsed(Object.fromEntries(present), 'activity', entry);
}
