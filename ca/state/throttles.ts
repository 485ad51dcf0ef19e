import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** A credential that can be guessed at or misused: its kind, and whose it is. */
export type CredentialName = `${'totp' | 'hotp' | 'otp' | 'cert' | 'ppkp'}:${string}`;

/** What is remembered of the failures with a credential, by whatever account, order or challenge. */
export type Throttles = {
  failuresInARow(credential: CredentialName): number;
  /** When failures after a moment came, oldest first. */
  failuresAfter(credential: CredentialName, moment: Date): readonly Date[];
  /** Returns the number by which the failure can be taken back. */
  addFailure(credential: CredentialName, at: Date): number;
  takeFailureBack(credential: CredentialName, failure: number): void;
  /** Takes a failure back, and ends the failures in a row with it. */
  endFailuresInARow(credential: CredentialName, failure: number): void;
  /** Drops failures that came at a moment or before it; the failures in a row stay counted. */
  dropFailures(credential: CredentialName, moment: Date): void;
  /** For a credential that was replaced. */
  forget(credential: CredentialName): void;
};

export function createThrottles(database: DatabaseSync): Throttles {
  const selectRow = database.prepare('SELECT * FROM throttles WHERE credential = ?');
  const after = database.prepare(
    'SELECT * FROM throttled_failures WHERE credential = ? AND failed_at > ? ORDER BY failed_at',
  );
  const insertFailure = database.prepare(
    'INSERT INTO throttled_failures (credential, failed_at) VALUES (?, ?) RETURNING id',
  );
  const increment = database.prepare(
    `INSERT INTO throttles (credential, failures_in_a_row) VALUES (?, 1)
     ON CONFLICT (credential) DO UPDATE SET failures_in_a_row = failures_in_a_row + 1`,
  );
  const decrement = database.prepare(
    'UPDATE throttles SET failures_in_a_row = max(0, failures_in_a_row - 1) WHERE credential = ?',
  );
  const deleteFailure = database.prepare(
    'DELETE FROM throttled_failures WHERE id = ? AND credential = ?',
  );
  const deleteUntil = database.prepare(
    'DELETE FROM throttled_failures WHERE credential = ? AND failed_at <= ?',
  );
  const deleteFailures = database.prepare('DELETE FROM throttled_failures WHERE credential = ?');
  const deleteRow = database.prepare('DELETE FROM throttles WHERE credential = ?');
  return {
    failuresInARow(credential) {
      const row: Row | undefined = selectRow.get(credential);
      return row === undefined ? 0 : rows.number(row, 'failures_in_a_row');
    },
    failuresAfter: (credential, moment) =>
      after.all(credential, moment.getTime()).map((row) => rows.date(row, 'failed_at')),
    addFailure(credential, at) {
      increment.run(credential);
      return Number(insertFailure.get(credential, at.getTime())?.['id']);
    },
    takeFailureBack(credential, failure) {
      deleteFailure.run(failure, credential);
      decrement.run(credential);
    },
    endFailuresInARow(credential, failure) {
      deleteFailure.run(failure, credential);
      deleteRow.run(credential);
    },
    dropFailures: (credential, moment) => void deleteUntil.run(credential, moment.getTime()),
    forget(credential) {
      deleteFailures.run(credential);
      deleteRow.run(credential);
    },
  };
}
