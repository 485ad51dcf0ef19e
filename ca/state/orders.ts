import type { DatabaseSync } from 'node:sqlite';
import type { Identifier, ProblemDocument } from '../problems.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** What is to be certified, and whose proof of control will do for it (RFC 9444 §4.3). */
export type OrderedIdentifier = Identifier & { readonly ancestorDomain?: string };

export type Order = {
  /** Grows with every order; a place in the account's list. */
  readonly sequence: number;
  readonly id: string;
  readonly accountId: string;
  readonly profile: string;
  readonly identifiers: readonly OrderedIdentifier[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The certificate that this order is to replace (RFC 9773 §5). */
  readonly replacesId: string | undefined;
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
  | 'replacesId'
>;

export type Orders = {
  add(order: NewOrder, authorizationIds: readonly string[]): void;
  find(id: string): Order | undefined;
  /** An account's orders from a place in the list on, oldest first. */
  list(accountId: string, from: number, limit: number): readonly Order[];
  /** How many orders of the account neither ended nor expired. */
  countOpen(accountId: string, now: Date): number;
  /** When the account placed its orders since then, oldest first. */
  timesSince(accountId: string, since: Date): readonly Date[];
  /** Those that are, or were, to replace a certificate. */
  replacing(certificateId: string): readonly Order[];
  /** Those whose issuance has begun and not ended, to be taken up again after a restart. */
  inProcessing(): readonly Order[];
  recordRequest(id: string, request: Buffer): void;
  recordCertificate(id: string, certificateId: string): void;
  recordError(id: string, error: ProblemDocument): void;
  expire(id: string, at: Date): void;
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
  const setExpiry = database.prepare('UPDATE orders SET expires_at = ? WHERE id = ?');
  const byPredecessor = database.prepare('SELECT * FROM orders WHERE replaces_id = ?');
  const since = database.prepare(
    'SELECT created_at FROM orders WHERE account_id = ? AND created_at > ? ORDER BY created_at',
  );
  const open = database.prepare(
    `SELECT count(*) AS open FROM orders o
     WHERE account_id = ? AND certificate_id IS NULL AND error IS NULL AND expires_at > ?
     AND NOT EXISTS (
       SELECT 1 FROM order_authorizations a JOIN challenges c USING (authorization_id)
       WHERE a.order_id = o.id AND c.failed_at IS NOT NULL)
     AND NOT EXISTS (
       SELECT 1 FROM order_authorizations a JOIN authorizations z ON z.id = a.authorization_id
       WHERE a.order_id = o.id AND z.deactivated_at IS NOT NULL)`,
  );
  return {
    add: prepareInsert(database),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toOrder(row);
    },
    list: (accountId, from, limit) => page.all(accountId, from, limit).map(toOrder),
    countOpen: (accountId, now) => Number(open.get(accountId, now.getTime())?.['open']),
    timesSince: (accountId, start) =>
      since.all(accountId, start.getTime()).map((row) => rows.date(row, 'created_at')),
    replacing: (certificateId) => byPredecessor.all(certificateId).map(toOrder),
    inProcessing: () => processing.all().map(toOrder),
    recordRequest: (id, request) => void setRequest.run(request, id),
    recordCertificate: (id, certificateId) => void setCertificate.run(certificateId, id),
    recordError: (id, error) => void setError.run(JSON.stringify(error), id),
    expire: (id, at) => void setExpiry.run(at.getTime(), id),
  };
}

function prepareInsert(database: DatabaseSync): Orders['add'] {
  const insert = database.prepare(
    `INSERT INTO orders (id, account_id, profile, identifiers, not_before, not_after, created_at,
       expires_at, replaces_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      order.replacesId ?? null,
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
    identifiers: rows.json(row, 'identifiers') as OrderedIdentifier[],
    notBefore: rows.optionalDate(row, 'not_before'),
    notAfter: rows.optionalDate(row, 'not_after'),
    createdAt: rows.date(row, 'created_at'),
    expiresAt: rows.date(row, 'expires_at'),
    replacesId: rows.optionalText(row, 'replaces_id'),
    request: rows.optionalBytes(row, 'request'),
    certificateId: rows.optionalText(row, 'certificate_id'),
    error: rows.optionalJson(row, 'error') as ProblemDocument | undefined,
  };
}
