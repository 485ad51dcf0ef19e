import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { WalletStorageFault } from '../../shared/failure.ts';
import { WalletError } from './wallet-error.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** A database as the stores see it: statements are prepared once, and every refusal is a `WalletError`. */
export class Table {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  rows(sql: string, parameters: Parameters = {}): readonly Row[] {
    return guard(sql, () => this.#prepare(sql).all(parameters));
  }

  row(sql: string, parameters: Parameters = {}): Row | undefined {
    return guard(sql, () => this.#prepare(sql).get(parameters));
  }

  /** How many rows were changed. */
  run(sql: string, parameters: Parameters = {}): number {
    return guard(sql, () => Number(this.#prepare(sql).run(parameters).changes));
  }

  /** All of `work` is on the disk when this returns, or none of it. Inside another one it is a part of that. */
  transaction<T>(work: () => T): T {
    if (this.#database.isOpen && this.#database.isTransaction) return work();
    guard('BEGIN IMMEDIATE', () => this.#database.exec('BEGIN IMMEDIATE'));
    try {
      const value = work();
      guard('COMMIT', () => this.#database.exec('COMMIT'));
      return value;
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Says which statement failed, never with which values: a value may be a sealed secret. */
function guard<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new WalletError(faultOf(error), `the wallet's file refused: ${sql}`, { cause: error });
  }
}

// https://www.sqlite.org/rescode.html: the low byte is the primary result code.
const faults: Readonly<Record<number, WalletStorageFault>> = {
  5: 'in-use',
  6: 'in-use',
  8: 'not-writable',
  10: 'not-writable',
  13: 'not-writable',
  14: 'not-writable',
};

export function faultOf(error: unknown): WalletStorageFault {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return (typeof code === 'number' ? faults[code & 0xff] : undefined) ?? 'unreadable';
}
