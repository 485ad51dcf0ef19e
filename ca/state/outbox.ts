import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';

export type Mail = {
  /** An address. */
  readonly recipient: string;
  /** One line. */
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
};

export type WaitingMail = Mail & {
  readonly id: number;
  readonly createdAt: Date;
  /** How often the server did not take it. */
  readonly attempts: number;
};

/** Mails that no server has taken yet; they outlive a restart. */
export type Outbox = {
  add(mail: Mail, at: Date): void;
  /** Oldest first. */
  due(now: Date, most: number): readonly WaitingMail[];
  /** When the next one is due. */
  nextDue(): Date | undefined;
  /** Counts an attempt. */
  postpone(id: number, until: Date): void;
  remove(id: number): void;
  count(): number;
};

export function createOutbox(database: DatabaseSync): Outbox {
  const insert = database.prepare(
    'INSERT INTO mail_outbox (recipient, subject, body, created_at, due_at) VALUES (?, ?, ?, ?, ?)',
  );
  const due = database.prepare('SELECT * FROM mail_outbox WHERE due_at <= ? ORDER BY id LIMIT ?');
  const next = database.prepare('SELECT min(due_at) AS due_at, count(*) AS many FROM mail_outbox');
  const setDue = database.prepare(
    'UPDATE mail_outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?',
  );
  const deleteOne = database.prepare('DELETE FROM mail_outbox WHERE id = ?');
  return {
    add: ({ recipient, subject, body }, at) =>
      void insert.run(recipient, subject, body, at.getTime(), at.getTime()),
    due: (now, most) => due.all(now.getTime(), most).map(toMail),
    nextDue() {
      const row = next.get();
      return row === undefined ? undefined : rows.optionalDate(row, 'due_at');
    },
    postpone: (id, until) => void setDue.run(until.getTime(), id),
    remove: (id) => void deleteOne.run(id),
    count: () => Number(next.get()?.['many']),
  };
}

function toMail(row: rows.Row): WaitingMail {
  return {
    id: rows.number(row, 'id'),
    recipient: rows.text(row, 'recipient'),
    subject: rows.text(row, 'subject'),
    body: rows.text(row, 'body'),
    createdAt: rows.date(row, 'created_at'),
    attempts: rows.number(row, 'attempts'),
  };
}
