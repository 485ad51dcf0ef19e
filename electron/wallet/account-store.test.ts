import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WalletOnDisk } from '../testing/wallet-on-disk.ts';
import type { AccountRecord } from './account-store.ts';

let disk: WalletOnDisk;
beforeEach(() => {
  disk = new WalletOnDisk();
});
afterEach(() => disk.remove());

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
    disk.wallet.accounts.save(account);
    disk.wallet.accounts.save({ ...account, accountUrl: 'https://ca.example/1', status: 'valid' });
    expect(disk.wallet.accounts.find('org.example', account.directoryUrl)).toEqual({
      ...account,
      accountUrl: 'https://ca.example/1',
      status: 'valid',
    });
    expect(disk.wallet.accounts.find('org.example', 'https://other.example/')).toBeUndefined();
    expect(disk.wallet.accounts.list()).toHaveLength(1);
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
      disk.wallet.accounts.save(account);
      expect(disk.wallet.accounts.list()).toEqual([account]);
      expect(disk.wallet.accounts.remove('org.example')).toEqual(['key', 'other']);
      expect(disk.wallet.accounts.list()).toEqual([]);
    },
  );

  it('of wallets from before keys could lie elsewhere have theirs in software', () => {
    disk.tamper(`INSERT INTO accounts (organization_id, directory_url, key_id, status, created_at)
            VALUES ('org.example', 'https://ca.example/', 'key', 'needs-registration',
                    '2026-11-22T10:00:00.000Z')`);
    expect(disk.wallet.accounts.find('org.example', 'https://ca.example/')).toMatchObject({
      ...{ keyType: 'P-256', keyPlace: 'software', keyChange: null },
    });
  });
});
