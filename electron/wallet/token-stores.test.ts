import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WalletOnDisk } from '../testing/wallet-on-disk.ts';
import type { TokenKeyRow } from './token-key-table.ts';
import { WalletError } from './wallet-error.ts';

let disk: WalletOnDisk;
beforeEach(() => {
  disk = new WalletOnDisk();
});
afterEach(() => disk.remove());

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
    disk.wallet.tokenKeys.save(announced);
    disk.wallet.tokenKeys.save({ ...announced, id: 'later', origin: 'found' });
    const made: TokenKeyRow = { ...announced, state: 'made', spki: new Uint8Array([1, 2]) };
    disk.wallet.tokenKeys.save(made);
    expect(disk.wallet.tokenKeys.find('key')).toEqual(made);
    expect(disk.wallet.tokenKeys.list().map(({ id }) => id)).toEqual(['key', 'later']);
    disk.wallet.tokenKeys.remove('key');
    disk.wallet.tokenKeys.remove('key');
    expect(disk.wallet.tokenKeys.find('key')).toBeUndefined();
  });

  it.each([
    ['id', `cka_id = 'xyz'`],
    ['id of an odd length', `cka_id = 'abc'`],
    ['token', `token = '{"serial":"1"}'`],
    ['state', `state = 'lost'`],
    ['origin', `origin = 'heaven'`],
    ['type', `type = 'RSA-512'`],
  ])('with a strange %s are refused, and keep nobody from the others', (_title, change) => {
    disk.wallet.tokenKeys.save(announced);
    disk.tamper(`UPDATE token_keys SET ${change}`);
    const good = { ...announced, id: 'good' };
    disk.wallet.tokenKeys.save(good);
    expect(() => disk.wallet.tokenKeys.find('key')).toThrow(WalletError);
    expect(disk.wallet.tokenKeys.list()).toEqual([good]);
    expect(disk.reported).toEqual(['reading a key on a token']);
  });
});

it('modules that the person added are listed once each, until they are forgotten', () => {
  disk.wallet.tokenModules.add('/opt/a.so');
  disk.wallet.tokenModules.add('/opt/b.so');
  disk.wallet.tokenModules.add('/opt/a.so');
  expect(disk.wallet.tokenModules.list()).toEqual(['/opt/a.so', '/opt/b.so']);
  disk.wallet.tokenModules.remove('/opt/a.so');
  disk.wallet.tokenModules.remove('/opt/a.so');
  expect(disk.wallet.tokenModules.list()).toEqual(['/opt/b.so']);
});
