import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountRecord } from './account-store.ts';
import { openWallet, type Wallet } from './wallet.ts';

let directory: string;
let wallet: Wallet;

const clock = () => new Date('2026-11-22T10:00:00Z');
const report = (): void => undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-accounts-'));
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

describe('accounts', () => {
  it('are one per organisation and directory', () => {
    const account = {
      organizationId: 'org.example',
      directoryUrl: 'https://ca.example/directory',
      keyId: 'key',
      keyType: 'P-256',
      keyPlace: 'software',
      keyChange: null,
      accountUrl: null,
      status: 'needs-registration',
      createdAt: '2026-11-22T10:00:00.000Z',
    } as const;
    wallet.accounts.save(account);
    wallet.accounts.save({ ...account, accountUrl: 'https://ca.example/1', status: 'valid' });
    expect(wallet.accounts.find('org.example', account.directoryUrl)).toEqual({
      ...account,
      accountUrl: 'https://ca.example/1',
      status: 'valid',
    });
    expect(wallet.accounts.find('org.example', 'https://other.example/')).toBeUndefined();
    expect(wallet.accounts.list()).toHaveLength(1);
  });

  it.each([
    { state: 'changing', to: { keyId: 'other', keyType: 'RSA-2048', keyPlace: 'token' } },
    { state: 'retiring', keyId: 'other' },
  ] as const)(
    'remember a key that is $state, and give both keys away when they go',
    (keyChange) => {
      const account: AccountRecord = {
        organizationId: 'org.example',
        directoryUrl: 'https://ca.example/directory',
        ...{ keyId: 'key', keyType: 'P-384', keyPlace: 'tpm', keyChange },
        ...{ accountUrl: 'https://ca.example/1', status: 'valid' },
        createdAt: '2026-11-22T10:00:00.000Z',
      };
      wallet.accounts.save(account);
      expect(wallet.accounts.list()).toEqual([account]);
      expect(wallet.accounts.remove('org.example')).toEqual(['key', 'other']);
      expect(wallet.accounts.list()).toEqual([]);
    },
  );

  it('of wallets from before keys could lie elsewhere have theirs in software', () => {
    tamper(`INSERT INTO accounts (organization_id, directory_url, key_id, status, created_at)
            VALUES ('org.example', 'https://ca.example/', 'key', 'needs-registration',
                    '2026-11-22T10:00:00.000Z')`);
    expect(wallet.accounts.find('org.example', 'https://ca.example/')).toMatchObject({
      ...{ keyType: 'P-256', keyPlace: 'software', keyChange: null },
    });
  });
});
