import type { DatabaseSync } from 'node:sqlite';
import { text } from './rows.ts';
import type { Transactions } from './transactions.ts';

/** Requests whose approvers somebody wants to be mailed again. */
export type ApprovalReminders = {
  /** URL of the request; in the transaction in which the wish is taken. */
  add(request: string): void;
  /** All of them, which are forgotten with that. */
  take(): readonly string[];
  /** Calls back once a wish is kept. A listener must not throw. */
  subscribe(listener: () => void): () => void;
};

export function createApprovalReminders(
  database: DatabaseSync,
  transactions: Transactions,
): ApprovalReminders {
  const insert = database.prepare('INSERT INTO approval_reminders (request) VALUES (?)');
  const select = database.prepare('SELECT DISTINCT request FROM approval_reminders ORDER BY id');
  const deleteAll = database.prepare('DELETE FROM approval_reminders');
  const listeners = new Set<() => void>();
  return {
    add(request) {
      insert.run(request);
      transactions.afterwards(() => listeners.forEach((listener) => listener()));
    },
    take: () =>
      transactions.run(() => {
        const requests = select.all().map((row) => text(row, 'request'));
        if (requests.length > 0) deleteAll.run();
        return requests;
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
