import { z } from 'zod';
import { keyPlaces } from '../../shared/models/enrollment-profile.ts';
import { parsed, textColumn } from './json-column.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import { identity, time } from './schemas.ts';
import type { Row, Table } from './table.ts';

/** RFC 7638 with SHA-256. */
const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const facts = {
  keyId: identity,
  organizationId: identity,
  place: z.enum(keyPlaces),
  createdAt: time,
};

const registeredKey = z.discriminatedUnion('state', [
  /** The CA may know it or not: it is asked before the key is used or taken away. */
  z.strictObject({ ...facts, state: z.literal('registering'), thumbprint: thumbprint.nullable() }),
  z.strictObject({ ...facts, state: z.literal('registered'), thumbprint }),
]);

/** A key pair that an organisation knows as this person's, or is about to. */
export type RegisteredKeyRecord = Readonly<z.infer<typeof registeredKey>>;

const columns = `key_id AS keyId, organization_id AS organizationId, place, state, thumbprint,
  created_at AS createdAt`;

export class RegisteredKeyTable {
  readonly #table: Table;
  readonly #readable: ReadableRows;

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading a registered key', report);
  }

  /** Of one organisation, the oldest first, without those that cannot be read. */
  list(organizationId: string): readonly RegisteredKeyRecord[] {
    const rows = this.#table.rows(
      `SELECT key_id AS id, ${columns} FROM registered_keys
       WHERE organization_id = :organizationId ORDER BY rowid`,
      { organizationId },
    );
    return this.#readable.read(rows, ({ id: _id, ...row }: Row) => readRegisteredKey(row));
  }

  /** Adds or replaces; on the disk when this returns. */
  save(record: RegisteredKeyRecord): void {
    this.#table.run(
      `INSERT INTO registered_keys (key_id, organization_id, place, state, thumbprint, created_at)
       VALUES (:keyId, :organizationId, :place, :state, :thumbprint, :createdAt)
       ON CONFLICT (key_id) DO UPDATE SET state = excluded.state, thumbprint = excluded.thumbprint`,
      { ...record },
    );
  }

  /** All of an organisation; gives the keys. */
  removeAll(organizationId: string): readonly string[] {
    const rows = this.#table.rows(
      'DELETE FROM registered_keys WHERE organization_id = :organizationId RETURNING key_id',
      { organizationId },
    );
    return rows.map((row) => textColumn(row, 'key_id'));
  }

  remove(keyId: string): void {
    this.#table.run('DELETE FROM registered_keys WHERE key_id = :keyId', { keyId });
  }
}

const readRegisteredKey = (row: Row): RegisteredKeyRecord =>
  parsed(row, 'registered_keys', registeredKey);
