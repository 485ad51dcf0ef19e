import { z } from 'zod';
import { bytesColumn, jsonColumn, parsed } from './json-column.ts';
import type { Table } from './table.ts';

interface KeptSetup {
  readonly organizationId: string;
  readonly kind: 'totp' | 'hotp';
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 7 | 8;
  readonly period: number;
  /** The secret, sealed. */
  readonly sealed: Uint8Array;
}

const setup = z.strictObject({
  kind: z.enum(['totp', 'hotp']),
  algorithm: z.enum(['sha1', 'sha256', 'sha512']),
  digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
  period: z.int().positive(),
});

/** What the wallet's own authenticator keeps; the `SetupStore` of that room. */
export class AuthenticatorTable {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  put({ organizationId, sealed, ...rest }: KeptSetup, next: number): void {
    this.#table.run(
      `INSERT OR REPLACE INTO authenticators (organization_id, setup, sealed, next)
       VALUES (:organizationId, :setup, :sealed, :next)`,
      { organizationId, setup: JSON.stringify(rest), sealed, next },
    );
  }

  find(organizationId: string): KeptSetup | undefined {
    const row = this.#table.row(
      'SELECT setup, sealed FROM authenticators WHERE organization_id = :organizationId',
      { organizationId },
    );
    if (row === undefined) return undefined;
    const sealed = bytesColumn(row, 'sealed');
    return { organizationId, ...jsonColumn(row, 'setup', setup), sealed };
  }

  take(
    organizationId: string,
    { earliest, latest }: { readonly earliest: number; readonly latest: number },
  ): number | undefined {
    const row = this.#table.row(
      `UPDATE authenticators SET next = max(next, :earliest) + 1
       WHERE organization_id = :organizationId AND max(next, :earliest) <= :latest
       RETURNING next - 1 AS taken`,
      { organizationId, earliest, latest },
    );
    return row === undefined ? undefined : parsed(row['taken'], 'taken', z.int());
  }

  /** Whether there was one. */
  remove(organizationId: string): boolean {
    const sql = 'DELETE FROM authenticators WHERE organization_id = :organizationId';
    return this.#table.run(sql, { organizationId }) > 0;
  }
}
