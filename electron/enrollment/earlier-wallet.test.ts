import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reached, startProving, World } from '../testing/enrollment-world.ts';
import { temporaryDirectory } from '../testing/server-program.ts';
import { migrations } from '../wallet/migrations.ts';
import { openWallet } from '../wallet/wallet.ts';
import written from '../testing/wallet-of-version-3.json' with { type: 'json' };

// A CA, and an enrolment.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The last in which the only proof of a person was a one-time code by the clock. */
const version = 3;

function earlierDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(directory, 'wallet.db'));
  for (const statements of migrations.slice(0, version)) database.exec(statements);
  database.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = 0x4353474e`);
  return database;
}

type Row = Readonly<Record<string, SQLInputValue>>;

function insert(database: DatabaseSync, table: string, rows: readonly Row[]): void {
  for (const row of rows) {
    const names = Object.keys(row);
    const places = names.map((name) => `:${name}`);
    database.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${places.join()})`).run(row);
  }
}

describe('a wallet that an earlier version wrote', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory('earlier');
  });
  afterEach(() => directory.remove());

  it('is read whole: what is done, what failed, and a code that was sent and never answered', () => {
    const database = earlierDatabase(directory.path);
    for (const [table, rows] of Object.entries(written)) insert(database, table, rows);
    database.close();
    const report = vi.fn();
    const clock = (): Date => new Date('2026-11-22T14:00:00Z');
    const wallet = openWallet({ directory: directory.path, clock, report });
    try {
      const records = written.enrollments.map(({ record }) => JSON.parse(record) as unknown);
      expect(wallet.enrollments.list()).toEqual(records);
      expect(wallet.enrollments.list()).toMatchObject([
        { state: 'done' },
        { state: 'failed', failure: { problem: { attemptsRemaining: 0 } } },
        { state: 'needs-proof', answerSent: { challengeUrl: expect.any(String) as string } },
      ]);
      expect(wallet.credentials.list()).toMatchObject([{ status: 'active' }]);
      expect(wallet.organizations.list()).toMatchObject([{ id: 'org.example' }]);
      const directoryUrl = 'https://localhost:14000/acme/directory';
      expect(wallet.accounts.find('org.example', directoryUrl)).toMatchObject({ status: 'valid' });
      expect(wallet.activity.entries()).toHaveLength(written.activity.length);
      expect(wallet.registeredKeys.list('org.example')).toEqual([]);
      expect(wallet.authenticators.find('org.example')).toBeUndefined();
      expect(report).not.toHaveBeenCalled();
    } finally {
      wallet.close();
    }
  });
});

describe('an enrolment that an earlier version began', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.stop());

  /** Brings what the wallet of the world remembers into a file of then. */
  function turnBack(): void {
    const newer = `${world.walletDirectory}-newer`;
    renameSync(world.walletDirectory, newer);
    const database = earlierDatabase(world.walletDirectory);
    database.prepare('ATTACH ? AS newer').run(join(newer, 'wallet.db'));
    const tables = database
      .prepare(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
      )
      .all()
      .map(({ name }) => String(name));
    expect(tables).toContain('enrollments');
    for (const table of tables) {
      database.exec(
        `DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM newer.${table}`,
      );
    }
    database.close();
    rmSync(newer, { recursive: true });
  }

  it('goes on: the code that was sent is not sent again', async () => {
    const before = await world.joined();
    const { enrollmentId, answer } = await startProving(before);
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
    const answering = answer(world.code());
    await held.reached;
    await world.kill(before);
    await answering.catch(() => undefined);
    turnBack();
    const now = world.open();
    now.enrollments.resumeAll();
    await reached(now, enrollmentId, 'done');
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(1);
    expect(now.unforeseen).toEqual([]);
    expect(now.logged).toEqual([]);
  });

  it('goes on: a code is asked for that was not sent', async () => {
    const before = await world.joined();
    const { enrollmentId } = await startProving(before);
    await world.kill(before);
    turnBack();
    const now = world.open();
    await now.enrollments.resume(enrollmentId);
    const { answer } = await startProving(now, enrollmentId);
    await answer(world.code());
    await reached(now, enrollmentId, 'done');
    expect(now.unforeseen).toEqual([]);
  });
});
