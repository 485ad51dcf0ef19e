import type { DatabaseSync } from 'node:sqlite';
import type { ApprovalMethod } from '../approval-rule.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { SubjectName } from './subject-certificates.ts';

type Decided = {
  readonly id: string;
  readonly requestId: string;
  readonly personId: string;
  readonly at: Date;
  /** CMS, DER (docs/approvals.md §6). */
  readonly receipt: Buffer;
};

export type ApprovalDecision = Decided &
  (
    | {
        readonly decision: 'approve';
        readonly method: ApprovalMethod;
        /** SHA-256 of the SubjectPublicKeyInfo by which it was signed. */
        readonly keyDigest: Buffer;
      }
    | { readonly decision: 'decline'; readonly reason: string }
  );

export type ApprovalDecisions = {
  /** Throws when the person has decided, or the key has approved, before. */
  add(decision: ApprovalDecision): void;
  find(id: string): ApprovalDecision | undefined;
  /** Oldest first. */
  of(requestId: string): readonly ApprovalDecision[];
};

export type ApprovalMessage = {
  readonly requestId: string;
  readonly sender: SubjectName;
  readonly text: string;
  readonly at: Date;
};

export type ApprovalMessages = {
  add(message: ApprovalMessage): void;
  /** Oldest first. */
  of(requestId: string): readonly ApprovalMessage[];
};

export function createApprovalDecisions(database: DatabaseSync): ApprovalDecisions {
  const insert = database.prepare(
    `INSERT INTO approval_decisions (id, request_id, person_id, decision, method, key_digest, reason,
       decided_at, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare('SELECT * FROM approval_decisions WHERE id = ?');
  const byRequest = database.prepare(
    'SELECT * FROM approval_decisions WHERE request_id = ? ORDER BY decided_at, rowid',
  );
  return {
    add(decision) {
      const isApproval = decision.decision === 'approve';
      insert.run(
        ...[decision.id, decision.requestId, decision.personId, decision.decision],
        ...(isApproval ? [decision.method, decision.keyDigest, null] : [null, null]),
        ...(isApproval ? [] : [decision.reason]),
        ...[decision.at.getTime(), decision.receipt],
      );
    },
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toDecision(row);
    },
    of: (requestId) => byRequest.all(requestId).map(toDecision),
  };
}

function toDecision(row: Row): ApprovalDecision {
  const decided = {
    id: rows.text(row, 'id'),
    requestId: rows.text(row, 'request_id'),
    personId: rows.text(row, 'person_id'),
    at: rows.date(row, 'decided_at'),
    receipt: rows.bytes(row, 'receipt'),
  };
  if (rows.text(row, 'decision') === 'decline') {
    return { ...decided, decision: 'decline', reason: rows.text(row, 'reason') };
  }
  const method = rows.text(row, 'method') as ApprovalMethod;
  return { ...decided, decision: 'approve', method, keyDigest: rows.bytes(row, 'key_digest') };
}

export function createApprovalMessages(database: DatabaseSync): ApprovalMessages {
  const insert = database.prepare(
    'INSERT INTO approval_messages (request_id, sender, text, sent_at) VALUES (?, ?, ?, ?)',
  );
  const byRequest = database.prepare(
    'SELECT * FROM approval_messages WHERE request_id = ? ORDER BY id',
  );
  return {
    add: ({ requestId, sender, text, at }) =>
      void insert.run(requestId, sender, text, at.getTime()),
    of: (requestId) =>
      byRequest.all(requestId).map((row) => ({
        requestId: rows.text(row, 'request_id'),
        sender: rows.text(row, 'sender') as SubjectName,
        text: rows.text(row, 'text'),
        at: rows.date(row, 'sent_at'),
      })),
  };
}
