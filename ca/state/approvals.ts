import type { DatabaseSync } from 'node:sqlite';
import type { ApprovalDocument } from '../approvals/document.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { SubjectName } from './subject-certificates.ts';

/** Something that others are to approve, and what became of it; `status.ts` says what that comes to. */
export type ApprovalRequest = {
  /** Grows with every request; a place in lists. */
  readonly sequence: number;
  readonly id: string;
  readonly organizationId: string;
  /** For whom it is. */
  readonly requester: SubjectName;
  /** Who asked: the requester of an order, the approver who proposes a standing one. */
  readonly asker: SubjectName;
  /** Undefined for a standing one. */
  readonly orderId: string | undefined;
  readonly document: ApprovalDocument;
  /** base64url. */
  readonly digest: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** When something last happened. */
  readonly changedAt: Date;
  readonly grantedAt: Date | undefined;
  readonly declinedAt: Date | undefined;
  readonly withdrawn: Withdrawal | undefined;
  readonly remindedAt: Date | undefined;
  /** How many certificates were issued under it. */
  readonly uses: number;
};

export type Withdrawal = { readonly by: SubjectName; readonly at: Date; readonly reason: string };

export type NewApprovalRequest = Pick<
  ApprovalRequest,
  | 'id'
  | 'organizationId'
  | 'requester'
  | 'asker'
  | 'orderId'
  | 'document'
  | 'digest'
  | 'requestedAt'
  | 'expiresAt'
>;

/** Whom a list is for. */
export type Concerned = {
  readonly subject: SubjectName;
  /** Those in which the subject approves or audits. */
  readonly organizationIds: readonly string[];
};

export type ApprovalUse = {
  readonly orderId: string;
  readonly requestId: string;
  readonly certificateId: string;
  readonly at: Date;
};

export type Approvals = {
  add(request: NewApprovalRequest): ApprovalRequest;
  find(id: string): ApprovalRequest | undefined;
  ofOrder(orderId: string): ApprovalRequest | undefined;
  /** Those about orders of an account, oldest first. */
  ofAccount(accountId: string): readonly ApprovalRequest[];
  /** Newest first, those before a place in the list. */
  concerning(concerned: Concerned, before: number, most: number): readonly ApprovalRequest[];
  /** Newest first. */
  list(): readonly ApprovalRequest[];
  /** How many that somebody asked for are neither decided nor withdrawn nor expired. */
  countOpen(asker: SubjectName, now: Date): number;
  /** How many somebody has asked for since then, whatever became of them. */
  countSince(asker: SubjectName, since: Date): number;
  /** The granted standing ones of a requester, that which ends first first. */
  standing(requester: SubjectName): readonly ApprovalRequest[];
  grant(id: string, at: Date): void;
  decline(id: string, at: Date): void;
  withdraw(id: string, withdrawal: Withdrawal): void;
  recordReminder(id: string, at: Date): void;
  /** Something happened that is kept elsewhere. */
  touch(id: string, at: Date): void;
  use(use: ApprovalUse): void;
  /** Oldest first. */
  usesOf(id: string): readonly ApprovalUse[];
  /** Under which request a certificate was issued. */
  ofCertificate(certificateId: string): ApprovalRequest | undefined;
};

/** With the number of uses beside it. */
export const selectRequest = `SELECT r.*,
  (SELECT count(*) FROM approval_uses u WHERE u.request_id = r.id) AS uses FROM approval_requests r`;

export function createApprovals(database: DatabaseSync): Approvals {
  const byId = database.prepare(`${selectRequest} WHERE r.id = ?`);
  const byOrder = database.prepare(`${selectRequest} WHERE r.order_id = ?`);
  const byAccount = database.prepare(
    `${selectRequest} JOIN orders o ON o.id = r.order_id WHERE o.account_id = ? ORDER BY r.sequence`,
  );
  const byCertificate = database.prepare(
    `${selectRequest} WHERE r.id = (SELECT request_id FROM approval_uses WHERE certificate_id = ?)`,
  );
  const page = database.prepare(
    `${selectRequest} WHERE r.sequence < ? AND (r.requester = ?
       OR r.organization_id IN (SELECT value FROM json_each(?)))
     ORDER BY r.sequence DESC LIMIT ?`,
  );
  const all = database.prepare(`${selectRequest} ORDER BY r.sequence DESC`);
  const open = database.prepare(
    `SELECT count(*) AS open FROM approval_requests WHERE asker = ? AND expires_at > ?
     AND granted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL`,
  );
  const recent = database.prepare(
    'SELECT count(*) AS recent FROM approval_requests WHERE asker = ? AND requested_at > ?',
  );
  const granted = database.prepare(
    `${selectRequest} WHERE r.requester = ? AND r.order_id IS NULL AND r.granted_at IS NOT NULL
       AND r.withdrawn_at IS NULL ORDER BY r.document ->> 'until', r.sequence`,
  );
  const uses = database.prepare(
    'SELECT * FROM approval_uses WHERE request_id = ? ORDER BY used_at, order_id',
  );
  const optional = (row: Row | undefined): ApprovalRequest | undefined =>
    row === undefined ? undefined : toApprovalRequest(row);
  const find = (id: string): ApprovalRequest | undefined => optional(byId.get(id));
  return {
    add: prepareInsert(database, find),
    find,
    ofOrder: (orderId) => optional(byOrder.get(orderId)),
    ofAccount: (accountId) => byAccount.all(accountId).map(toApprovalRequest),
    concerning: ({ subject, organizationIds }, before, most) =>
      page.all(before, subject, JSON.stringify(organizationIds), most).map(toApprovalRequest),
    list: () => all.all().map(toApprovalRequest),
    countSince: (asker, since) => Number(recent.get(asker, since.getTime())?.['recent']),
    countOpen: (asker, now) => Number(open.get(asker, now.getTime())?.['open']),
    standing: (requester) => granted.all(requester).map(toApprovalRequest),
    usesOf: (id) => uses.all(id).map(toUse),
    ofCertificate: (id) => optional(byCertificate.get(id)),
    ...prepareChanges(database),
  };
}

function prepareInsert(
  database: DatabaseSync,
  find: Approvals['find'],
): (request: NewApprovalRequest) => ApprovalRequest {
  const insert = database.prepare(
    `INSERT INTO approval_requests (id, organization_id, requester, asker, order_id, document, digest,
       requested_at, expires_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (request) => {
    insert.run(
      ...[request.id, request.organizationId, request.requester, request.asker],
      ...[request.orderId ?? null, JSON.stringify(request.document), request.digest],
      ...[request.requestedAt.getTime(), request.expiresAt.getTime()],
      request.requestedAt.getTime(),
    );
    const added = find(request.id);
    if (added === undefined) throw new rows.StateError('the request was not kept');
    return added;
  };
}

type Changes = Pick<
  Approvals,
  'grant' | 'decline' | 'withdraw' | 'recordReminder' | 'touch' | 'use'
>;

function prepareChanges(database: DatabaseSync): Changes {
  const undecided = 'granted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL';
  // Clients are told whole seconds, and read nothing again of which they are told the same.
  const changed = 'changed_at = max(?, (changed_at / 1000 + 1) * 1000)';
  const set = (assignments: string, condition = '') =>
    database.prepare(
      `UPDATE approval_requests SET ${assignments}, ${changed} WHERE id = ?${condition}`,
    );
  const setGranted = set('granted_at = ?', ` AND ${undecided}`);
  const setDeclined = set('declined_at = ?', ` AND ${undecided}`);
  const setWithdrawn = set(
    'withdrawn_at = ?, withdrawn_by = ?, withdrawn_reason = ?',
    ' AND withdrawn_at IS NULL AND declined_at IS NULL',
  );
  const setReminded = set('reminded_at = ?');
  const setChanged = database.prepare(`UPDATE approval_requests SET ${changed} WHERE id = ?`);
  const insertUse = database.prepare(
    'INSERT INTO approval_uses (order_id, request_id, certificate_id, used_at) VALUES (?, ?, ?, ?)',
  );
  return {
    grant: (id, at) => void setGranted.run(at.getTime(), at.getTime(), id),
    decline: (id, at) => void setDeclined.run(at.getTime(), at.getTime(), id),
    withdraw: (id, { by, at, reason }) =>
      void setWithdrawn.run(at.getTime(), by, reason, at.getTime(), id),
    recordReminder: (id, at) => void setReminded.run(at.getTime(), at.getTime(), id),
    touch: (id, at) => void setChanged.run(at.getTime(), id),
    use({ orderId, requestId, certificateId, at }) {
      insertUse.run(orderId, requestId, certificateId, at.getTime());
      setChanged.run(at.getTime(), requestId);
    },
  };
}

export function toApprovalRequest(row: Row): ApprovalRequest {
  return {
    sequence: rows.number(row, 'sequence'),
    id: rows.text(row, 'id'),
    organizationId: rows.text(row, 'organization_id'),
    // Both written by `add` alone, as is the document.
    requester: rows.text(row, 'requester') as SubjectName,
    asker: rows.text(row, 'asker') as SubjectName,
    orderId: rows.optionalText(row, 'order_id'),
    document: rows.json(row, 'document') as ApprovalDocument,
    digest: rows.text(row, 'digest'),
    requestedAt: rows.date(row, 'requested_at'),
    expiresAt: rows.date(row, 'expires_at'),
    changedAt: rows.date(row, 'changed_at'),
    grantedAt: rows.optionalDate(row, 'granted_at'),
    declinedAt: rows.optionalDate(row, 'declined_at'),
    withdrawn: toWithdrawal(row),
    remindedAt: rows.optionalDate(row, 'reminded_at'),
    uses: rows.number(row, 'uses'),
  };
}

function toWithdrawal(row: Row): Withdrawal | undefined {
  const at = rows.optionalDate(row, 'withdrawn_at');
  if (at === undefined) return undefined;
  const by = rows.text(row, 'withdrawn_by') as SubjectName;
  return { by, at, reason: rows.text(row, 'withdrawn_reason') };
}

function toUse(row: Row): ApprovalUse {
  return {
    orderId: rows.text(row, 'order_id'),
    requestId: rows.text(row, 'request_id'),
    certificateId: rows.text(row, 'certificate_id'),
    at: rows.date(row, 'used_at'),
  };
}
