import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrations } from './migrations.ts';
import { sampleEnrollment } from '../testing/wallet-samples.ts';
import { WalletError } from './wallet-error.ts';
import { openWallet, type Wallet } from './wallet.ts';

const report = vi.fn();

let directory: string;
let open: Wallet[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-wallet-'));
  open = [];
});

afterEach(() => {
  for (const wallet of open) wallet.close();
  rmSync(directory, { recursive: true, force: true });
});

const path = () => join(directory, 'wallet.db');

function opened(): Wallet {
  const wallet = openWallet({ directory, clock: () => new Date('2026-11-22T10:00:00Z'), report });
  open.push(wallet);
  return wallet;
}

function refusal(): WalletError {
  try {
    opened();
  } catch (error) {
    if (error instanceof WalletError) return error;
    throw error;
  }
  throw new Error('the wallet was opened');
}

function filled(): Buffer {
  const wallet = opened();
  for (let number = 0; number < 200; number += 1) {
    wallet.enrollments.write({ ...sampleEnrollment, id: `enrollment-${number}` });
  }
  wallet.close();
  return readFileSync(path());
}

describe('opening', () => {
  it('keeps file and directory from other users, also when they were open before', () => {
    const nested = join(directory, 'state');
    mkdirSync(nested, { mode: 0o755 });
    writeFileSync(join(nested, 'wallet.db'), '');
    chmodSync(join(nested, 'wallet.db'), 0o644);
    const wallet = openWallet({ directory: nested, clock: () => new Date(), report });
    open.push(wallet);
    wallet.enrollments.write(sampleEnrollment);
    expect(statSync(nested).mode & 0o777).toBe(0o700);
    for (const name of ['wallet.db', 'wallet.db-wal']) {
      expect(statSync(join(nested, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('finds everything again', () => {
    opened().enrollments.write(sampleEnrollment);
    open[0]?.close();
    expect(opened().enrollments.find(sampleEnrollment.id)).toEqual(sampleEnrollment);
  });

  it('finds what was written before a process was killed without closing', async () => {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', killedWriter, directory, JSON.stringify(sampleEnrollment)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    expect(refusal().reason).toBe('in-use');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(opened().enrollments.find(sampleEnrollment.id)).toEqual(sampleEnrollment);
  });

  it('refuses a second wallet on the same file, and the first goes on', () => {
    const first = opened();
    expect(refusal().reason).toBe('in-use');
    first.enrollments.write(sampleEnrollment);
    expect(first.enrollments.list()).toHaveLength(1);
  });

  it('says that a directory cannot be written', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(() =>
      openWallet({ directory: join(file, 'state'), clock: () => new Date(), report }),
    ).toThrow(expect.objectContaining({ code: 'wallet', reason: 'not-writable' }));
  });
});

describe('a file that is refused stays byte for byte as it was found', () => {
  it('when its schema is newer', () => {
    filled();
    const database = new DatabaseSync(path());
    database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    database.close();
    const before = readFileSync(path());
    expect(refusal().reason).toBe('newer-version');
    expect(readFileSync(path()).equals(before)).toBe(true);
  });

  it('when it belongs to another program', () => {
    const database = new DatabaseSync(path());
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    const before = readFileSync(path());
    expect(refusal().reason).toBe('unreadable');
    expect(readFileSync(path()).equals(before)).toBe(true);
  });

  it.each([
    ['its header is overwritten', (bytes: Buffer) => bytes.fill(0x20, 0, 100)],
    ['pages in the middle are overwritten', (bytes: Buffer) => bytes.fill(0xa5, 8192, 40_000)],
    ['half of it is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['it is text', () => Buffer.from('these are not the bytes of a database '.repeat(200))],
  ])('when %s', (_title, damage) => {
    const damaged = damage(filled());
    writeFileSync(path(), damaged);
    expect(refusal().reason).toBe('unreadable');
    expect(readFileSync(path()).equals(damaged)).toBe(true);
  });

  it('together with a write-ahead log that was not yet taken over', () => {
    const wallet = opened();
    wallet.enrollments.write(sampleEnrollment);
    const log = readFileSync(`${path()}-wal`);
    wallet.close();
    const damaged = readFileSync(path()).fill(0xa5, 4096, 12_288);
    writeFileSync(path(), damaged);
    writeFileSync(`${path()}-wal`, log.subarray(0, 32));
    expect(refusal().reason).toBe('unreadable');
    expect(readFileSync(path()).equals(damaged)).toBe(true);
    expect(readFileSync(`${path()}-wal`).equals(log.subarray(0, 32))).toBe(true);
  });
});

describe('migrations', () => {
  it('take a wallet of each older version to the newest', () => {
    for (let version = 0; version <= migrations.length; version += 1) {
      rmSync(path(), { force: true });
      const database = new DatabaseSync(path());
      for (const statements of migrations.slice(0, version)) database.exec(statements);
      database.exec(
        `PRAGMA user_version = ${version}; PRAGMA application_id = ${version === 0 ? 0 : 0x4353474e}`,
      );
      database.close();
      const wallet = opened();
      wallet.enrollments.write(sampleEnrollment);
      wallet.close();
      const migrated = new DatabaseSync(path(), { readOnly: true });
      expect(migrated.prepare('PRAGMA user_version').get()).toEqual({
        user_version: migrations.length,
      });
      migrated.close();
    }
  });
});

describe('a transaction', () => {
  it('is undone as a whole when its work throws', () => {
    const wallet = opened();
    expect(() =>
      wallet.transaction(() => {
        wallet.enrollments.write(sampleEnrollment);
        throw new Error('half way');
      }),
    ).toThrow('half way');
    expect(wallet.enrollments.list()).toEqual([]);
  });
});

it('a closed wallet refuses everything with its own error', () => {
  const wallet = opened();
  wallet.close();
  expect(() => wallet.enrollments.write(sampleEnrollment)).toThrow(WalletError);
  expect(() => wallet.transaction(() => undefined)).toThrow(WalletError);
});

const killedWriter = `
  const { openWallet } = await import(${JSON.stringify(new URL('./wallet.ts', import.meta.url).href)});
  const [directory, entry] = process.argv.slice(1);
  const wallet = openWallet({ directory, clock: () => new Date(), report: () => undefined });
  wallet.enrollments.write(JSON.parse(entry));
  console.log('written');
  // What nobody holds is collected, and closed by that.
  setInterval(() => wallet.enrollments, 1000);
`;
