import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';

/** What has come of all requests so far, counted: how a client that repeats itself is found out. */
export type Ledger = {
  readonly accounts: number;
  readonly orders: number;
  /** Orders whose certification request was accepted, without those that it came to nothing for. */
  readonly finalized: number;
  readonly revoked: number;
  /** One-time codes that were judged, the wrong ones among them. */
  readonly codes: number;
  /** DER, oldest first. */
  readonly certificates: readonly Buffer[];
};

export function createLedger(database: DatabaseSync): () => Ledger {
  const counts = database.prepare(
    `SELECT
       (SELECT count(*) FROM accounts) AS accounts,
       (SELECT count(*) FROM orders) AS orders,
       (SELECT count(*) FROM orders WHERE request IS NOT NULL AND error IS NULL) AS finalized,
       (SELECT count(*) FROM certificates WHERE revoked_at IS NOT NULL) AS revoked,
       (SELECT coalesce(sum(attempts), 0) FROM challenges) AS codes`,
  );
  const leaves = database.prepare('SELECT leaf FROM certificates ORDER BY rowid');
  return () => {
    const row = counts.get() ?? {};
    return {
      accounts: rows.number(row, 'accounts'),
      orders: rows.number(row, 'orders'),
      finalized: rows.number(row, 'finalized'),
      revoked: rows.number(row, 'revoked'),
      codes: rows.number(row, 'codes'),
      certificates: leaves.all().map((leaf) => rows.bytes(leaf, 'leaf')),
    };
  };
}
