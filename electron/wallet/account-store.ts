import { z } from 'zod';
import { parsed, textColumn } from './json-column.ts';
import { identity, time, url } from './schemas.ts';
import type { Table } from './table.ts';

// RFC 8555 §7.1.2, and the time before the CA has answered newAccount.
const statuses = ['needs-registration', 'valid', 'deactivated', 'revoked'] as const;

const account = z.strictObject({
  organizationId: identity,
  directoryUrl: url,
  /** Which sealed key signs for the account. */
  keyId: identity,
  /** `null` until the CA has answered newAccount. */
  accountUrl: url.nullable(),
  status: z.enum(statuses),
  createdAt: time,
});

/** An ACME account of an organisation: one key per organisation and directory. */
export type AccountRecord = Readonly<z.infer<typeof account>>;

export class AccountStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  find(organizationId: string, directoryUrl: string): AccountRecord | undefined {
    const row = this.#table.row(
      `SELECT organization_id AS organizationId, directory_url AS directoryUrl, key_id AS keyId,
              account_url AS accountUrl, status, created_at AS createdAt
       FROM accounts WHERE organization_id = :organizationId AND directory_url = :directoryUrl`,
      { organizationId, directoryUrl },
    );
    return row === undefined ? undefined : parsed({ ...row }, 'accounts', account);
  }

  /** All accounts at an organisation; gives the keys that signed for them. */
  remove(organizationId: string): readonly string[] {
    const rows = this.#table.rows(
      'DELETE FROM accounts WHERE organization_id = :organizationId RETURNING key_id',
      { organizationId },
    );
    return rows.map((row) => textColumn(row, 'key_id'));
  }

  /** Adds or replaces. */
  save(record: AccountRecord): void {
    this.#table.run(
      `INSERT OR REPLACE INTO accounts
         (organization_id, directory_url, key_id, account_url, status, created_at)
       VALUES (:organizationId, :directoryUrl, :keyId, :accountUrl, :status, :createdAt)`,
      { ...record },
    );
  }
}
