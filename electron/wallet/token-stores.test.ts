import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TokenKeyRow } from './token-key-table.ts';
import { WalletError } from './wallet-error.ts';
import { openWallet, type Wallet } from './wallet.ts';

let directory: string;
let wallet: Wallet;

const clock = () => new Date('2026-11-22T10:00:00Z');
const reported: string[] = [];
const report = (doing: string): void => void reported.push(doing);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-token-stores-'));
  reported.length = 0;
  wallet = openWallet({ directory, clock, report });
});

afterEach(() => {
  wallet.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Changes the file behind the wallet's back. */
function tamper(sql: string): void {
  wallet.close();
  const database = new DatabaseSync(join(directory, 'wallet.db'));
  database.exec(sql);
  database.close();
  wallet = openWallet({ directory, clock, report });
}

describe('keys on tokens', () => {
  const token = {
    ...{ label: 'wallet', manufacturer: 'SoftHSM project', model: 'SoftHSM v2' },
    ...{ serial: '00ff', modulePath: '/usr/lib/softhsm/libsofthsm2.so' },
  };
  const announced: TokenKeyRow = {
    ...{ id: 'key', key: { token, id: 'ab'.repeat(20) }, type: 'P-256' },
    ...{ state: 'announced', origin: 'made', spki: null },
  };

  it('come back as they were saved, oldest first, and leave', () => {
    wallet.tokenKeys.save(announced);
    wallet.tokenKeys.save({ ...announced, id: 'later', origin: 'found' });
    const made: TokenKeyRow = { ...announced, state: 'made', spki: new Uint8Array([1, 2]) };
    wallet.tokenKeys.save(made);
    expect(wallet.tokenKeys.find('key')).toEqual(made);
    expect(wallet.tokenKeys.list().map(({ id }) => id)).toEqual(['key', 'later']);
    wallet.tokenKeys.remove('key');
    wallet.tokenKeys.remove('key');
    expect(wallet.tokenKeys.find('key')).toBeUndefined();
  });

  it.each([
    ['id', `cka_id = 'xyz'`],
    ['id of an odd length', `cka_id = 'abc'`],
    ['token', `token = '{"serial":"1"}'`],
    ['state', `state = 'lost'`],
    ['origin', `origin = 'heaven'`],
    ['type', `type = 'RSA-512'`],
  ])('with a strange %s are refused, and keep nobody from the others', (_title, change) => {
    wallet.tokenKeys.save(announced);
    tamper(`UPDATE token_keys SET ${change}`);
    const good = { ...announced, id: 'good' };
    wallet.tokenKeys.save(good);
    expect(() => wallet.tokenKeys.find('key')).toThrow(WalletError);
    expect(wallet.tokenKeys.list()).toEqual([good]);
    expect(reported).toEqual(['reading a key on a token']);
  });
});

it('modules that the person added are listed once each, until they are forgotten', () => {
  wallet.tokenModules.add('/opt/a.so');
  wallet.tokenModules.add('/opt/b.so');
  wallet.tokenModules.add('/opt/a.so');
  expect(wallet.tokenModules.list()).toEqual(['/opt/a.so', '/opt/b.so']);
  wallet.tokenModules.remove('/opt/a.so');
  wallet.tokenModules.remove('/opt/a.so');
  expect(wallet.tokenModules.list()).toEqual(['/opt/b.so']);
});
