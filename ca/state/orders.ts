import type { DatabaseSync } from 'node:sqlite';
import type { Identifier, ProblemDocument } from '../problems.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

export type Order = {
  /** Grows with every order; a place in the account's list. */
  readonly sequence: number;
  readonly id: string;
  readonly accountId: string;
  readonly profile: string;
  readonly identifiers: readonly Identifier[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The DER of the accepted certification request; with it, issuance has begun. */
  readonly request: Buffer | undefined;
  readonly certificateId: string | undefined;
  readonly error: ProblemDocument | undefined;
};

export type NewOrder = Pick<
  Order,
  | 'id'
  | 'accountId'
  | 'profile'
  | 'identifiers'
  | 'notBefore'
  | 'notAfter'
  | 'createdAt'
  | 'expiresAt'
>;

export type Orders = {
  add(order: NewOrder, authorizationIds: readonly string[]): void;
  find(id: string): Order | undefined;
  /** An account's orders from a place in the list on, oldest first. */
  list(accountId: string, from: number, limit: number): readonly Order[];
  /** How many orders of the account neither ended nor expired. */
  countOpen(accountId: string, now: Date): number;
  /** Those whose issuance has begun and not ended, to be taken up again after a restart. */
  inProcessing(): readonly Order[];
  recordRequest(id: string, request: Buffer): void;
  recordCertificate(id: string, certificateId: string): void;
  recordError(id: string, error: ProblemDocument): void;
};

export function createOrders(database: DatabaseSync): Orders {
  const byId = database.prepare('SELECT * FROM orders WHERE id = ?');
  const page = database.prepare(
    'SELECT * FROM orders WHERE account_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?',
  );
  const processing = database.prepare(
    'SELECT * FROM orders WHERE request IS NOT NULL AND certificate_id IS NULL AND error IS NULL',
  );
  const setRequest = database.prepare('UPDATE orders SET request = ? WHERE id = ?');
  const setCertificate = database.prepare('UPDATE orders SET certificate_id = ? WHERE id = ?');
  const setError = database.prepare('UPDATE orders SET error = ? WHERE id = ?');
  const open = database.prepare(
    `SELECT count(*) AS open FROM orders o
     WHERE account_id = ? AND certificate_id IS NULL AND error IS NULL AND expires_at > ?
     AND NOT EXISTS (
       SELECT 1 FROM order_authorizations a JOIN challenges c USING (authorization_id)
       WHERE a.order_id = o.id AND c.failed_at IS NOT NULL)`,
  );
  return {
    add: prepareInsert(database),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toOrder(row);
    },
    list: (accountId, from, limit) => page.all(accountId, from, limit).map(toOrder),
    countOpen: (accountId, now) => Number(open.get(accountId, now.getTime())?.['open']),
    inProcessing: () => processing.all().map(toOrder),
    recordRequest: (id, request) => void setRequest.run(request, id),
    recordCertificate: (id, certificateId) => void setCertificate.run(certificateId, id),
    recordError: (id, error) => void setError.run(JSON.stringify(error), id),
  };
}

function prepareInsert(database: DatabaseSync): Orders['add'] {
  const insert = database.prepare(
    `INSERT INTO orders (id, account_id, profile, identifiers, not_before, not_after, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const link = database.prepare(
    'INSERT INTO order_authorizations (order_id, position, authorization_id) VALUES (?, ?, ?)',
  );
  return (order, authorizationIds) => {
    insert.run(
      order.id,
      order.accountId,
      order.profile,
      JSON.stringify(order.identifiers),
      order.notBefore?.getTime() ?? null,
      order.notAfter?.getTime() ?? null,
      order.createdAt.getTime(),
      order.expiresAt.getTime(),
    );
    authorizationIds.forEach((id, position) => link.run(order.id, position, id));
  };
}

function toOrder(row: Row): Order {
  return {
    sequence: rows.number(row, 'sequence'),
    id: rows.text(row, 'id'),
    accountId: rows.text(row, 'account_id'),
    profile: rows.text(row, 'profile'),
    identifiers: rows.json(row, 'identifiers') as Identifier[],
    notBefore: rows.optionalDate(row, 'not_before'),
    notAfter: rows.optionalDate(row, 'not_after'),
    createdAt: rows.date(row, 'created_at'),
    expiresAt: rows.date(row, 'expires_at'),
    request: rows.optionalBytes(row, 'request'),
    certificateId: rows.optionalText(row, 'certificate_id'),
    error: rows.optionalJson(row, 'error') as ProblemDocument | undefined,
  };
}
