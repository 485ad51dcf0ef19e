import type { DatabaseSync } from 'node:sqlite';

export type Transactions = {
  /** Runs synchronous steps as one: all of them are kept, or none. */
  run<T>(steps: () => T): T;
  /** What happens once the steps under way are kept, and never when they are not; at once outside of any. */
  afterwards(action: () => void): void;
};

export function createTransactions(database: DatabaseSync): Transactions {
  let waiting: (() => void)[] = [];
  return {
    run(steps) {
      if (database.isTransaction) return steps();
      database.exec('BEGIN IMMEDIATE');
      waiting = [];
      let result;
      try {
        result = steps();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
      const actions = waiting;
      waiting = [];
      actions.forEach((action) => action());
      return result;
    },
    afterwards(action) {
      if (database.isTransaction) waiting.push(action);
      else action();
    },
  };
}
