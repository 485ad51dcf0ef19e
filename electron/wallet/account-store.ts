import { z } from 'zod';
import { keyPlaces, keyTypes } from '../../shared/models/enrollment-profile.ts';
import { jsonColumn, parsed, textColumn } from './json-column.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import { identity, time, url } from './schemas.ts';
import type { Row, Table } from './table.ts';

// RFC 8555 §7.1.2, and the time before the CA has answered newAccount.
const statuses = ['needs-registration', 'valid', 'deactivated', 'revoked'] as const;

const accountKey = z.strictObject({
  keyId: identity,
  keyType: z.enum(keyTypes),
  keyPlace: z.enum(keyPlaces),
});

/** How far a change of the account's key (RFC 8555 §7.3.5) has come. */
const keyChange = z.discriminatedUnion('state', [
  /** The CA may have either key: it is asked before one of them is believed. */
  z.strictObject({ state: z.literal('changing'), to: accountKey }),
  /** The change is done, and the key before it is to be taken away. */
  z.strictObject({ state: z.literal('retiring'), keyId: identity }),
]);

const account = z.strictObject({
  organizationId: identity,
  directoryUrl: url,
  ...accountKey.shape,
  keyChange: keyChange.nullable(),
  /** `null` until the CA has answered newAccount. */
  accountUrl: url.nullable(),
  status: z.enum(statuses),
  createdAt: time,
});

/** An ACME account of an organisation: one key per organisation and directory. */
export type AccountRecord = Readonly<z.infer<typeof account>>;

/** Which key an account has, or is being given. */
export type AccountKey = Readonly<z.infer<typeof accountKey>>;

const columns = `organization_id AS organizationId, directory_url AS directoryUrl,
  key_id AS keyId, key_type AS keyType, key_place AS keyPlace, key_change AS keyChange,
  account_url AS accountUrl, status, created_at AS createdAt`;

function readAccount(row: Row): AccountRecord {
  const change = row['keyChange'] === null ? null : jsonColumn(row, 'keyChange', keyChange);
  return parsed({ ...row, keyChange: change }, 'accounts', account);
}

export class AccountStore {
  readonly #table: Table;
  readonly #readable: ReadableRows;

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading an account', report);
  }

  find(organizationId: string, directoryUrl: string): AccountRecord | undefined {
    const row = this.#table.row(
      `SELECT ${columns}
       FROM accounts WHERE organization_id = :organizationId AND directory_url = :directoryUrl`,
      { organizationId, directoryUrl },
    );
    return row === undefined ? undefined : readAccount(row);
  }

  /** Of all organisations, without those that cannot be read. */
  list(): readonly AccountRecord[] {
    const id = `organization_id || ' ' || directory_url AS id`;
    const rows = this.#table.rows(`SELECT ${id}, ${columns} FROM accounts ORDER BY rowid`);
    return this.#readable.read(rows, (row) => {
      const facts = new Map(Object.entries(row));
      facts.delete('id');
      return readAccount(Object.fromEntries(facts));
    });
  }

  /** All accounts at an organisation; gives the keys that signed for them, or were about to. */
  remove(organizationId: string): readonly string[] {
    const rows = this.#table.rows(
      `DELETE FROM accounts WHERE organization_id = :organizationId RETURNING ${columns}`,
      { organizationId },
    );
    return rows.flatMap((row) => {
      const change = readAccount(row).keyChange;
      const other = change?.state === 'changing' ? change.to.keyId : change?.keyId;
      const keyId = textColumn(row, 'keyId');
      return other === undefined ? [keyId] : [keyId, other];
    });
  }

  /** Adds or replaces. */
  save(record: AccountRecord): void {
    this.#table.run(
      `INSERT OR REPLACE INTO accounts
         (organization_id, directory_url, key_id, key_type, key_place, key_change,
          account_url, status, created_at)
       VALUES (:organizationId, :directoryUrl, :keyId, :keyType, :keyPlace, :keyChange,
          :accountUrl, :status, :createdAt)`,
      { ...record, keyChange: record.keyChange && JSON.stringify(record.keyChange) },
    );
  }
}
