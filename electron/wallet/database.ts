import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { applicationId, migrations } from './migrations.ts';
import { faultOf } from './table.ts';
import { WalletError } from './wallet-error.ts';

/** Opens the wallet's database for this process alone and brings its schema up to date. */
export function openDatabase(directory: string): DatabaseSync {
  const path = join(directory, 'wallet.db');
  makePrivate(directory, path);
  inspect(path);
  return attempt('opening the wallet', () => openExclusively(path));
}

/** Nobody but this user may read the wallet, not even what is sealed in it. */
function makePrivate(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    throw new WalletError('not-writable', `the wallet cannot be kept in ${directory}`, {
      cause: error,
    });
  }
}

/** Looks at the file without being able to change it: a file that is refused stays as it was found. */
function inspect(path: string): void {
  attempt('looking at the wallet', () => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: graceMilliseconds });
    try {
      refuseForeign(database);
      refuseNewer(database);
      refuseDamaged(database);
    } finally {
      database.close();
    }
  });
}

/** How long a wallet that is just closing is waited for. */
const graceMilliseconds = 500;

function openExclusively(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: graceMilliseconds });
  try {
    // The lock is held until the process ends, however it ends: two wallets cannot share a journal.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    // A journal entry has to be on the disk before the deed it announces.
    database.exec('PRAGMA synchronous = FULL');
    // What is deleted, such as a used account binding, is overwritten.
    database.exec('PRAGMA secure_delete = ON');
    database.exec('PRAGMA trusted_schema = OFF');
    database.enableDefensive(true);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    refuseNewer(database);
    for (const statements of migrations.slice(pragma(database, 'user_version'))) {
      database.exec(statements);
    }
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function refuseForeign(database: DatabaseSync): void {
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
  if (tables > 0 && pragma(database, 'application_id') !== applicationId) {
    throw new WalletError('unreadable', 'the file is the database of another program');
  }
}

function refuseNewer(database: DatabaseSync): void {
  const version = pragma(database, 'user_version');
  if (version > migrations.length) {
    throw new WalletError(
      'newer-version',
      `the wallet has schema ${version}, newer than ${migrations.length}`,
    );
  }
}

function refuseDamaged(database: DatabaseSync): void {
  const findings = database.prepare('PRAGMA quick_check').all();
  if (findings.length !== 1 || findings[0]?.['quick_check'] !== 'ok') {
    throw new WalletError('unreadable', 'the wallet is damaged', { cause: findings });
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function attempt<T>(deed: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof WalletError) throw error;
    throw new WalletError(faultOf(error), `${deed} failed`, { cause: error });
  }
}
