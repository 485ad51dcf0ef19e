import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSync } from 'otplib/functional';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AesGcmSealer } from '../keystore/sealer.ts';
import { MemorySecretStore } from '../testing/memory-secret-store.ts';
import { temporaryDirectory } from '../testing/server-program.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { Authenticator } from './authenticator.ts';

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const byClock = Buffer.from(`otpauth://totp/x?secret=${secret}`);
const counted = Buffer.from(`otpauth://hotp/x?secret=${secret}&counter=0`);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let wallet: Wallet;
let secrets: MemorySecretStore;
let allowed: boolean;
let now: number;
let slept: number[];

beforeEach(async () => {
  directory = await temporaryDirectory('authenticator');
  secrets = new MemorySecretStore();
  allowed = true;
  now = 1_111_111_109_000;
  slept = [];
  open();
});

afterEach(async () => {
  wallet.close();
  await directory.remove();
});

function open(): void {
  wallet = openWallet({
    directory: directory.path,
    clock: () => new Date(now),
    report: (doing) => {
      throw new Error(doing);
    },
  });
}

const authenticator = (): Authenticator =>
  new Authenticator({
    sealer: new AesGcmSealer({ secrets, record: wallet.masterKey }),
    store: wallet.authenticators,
    isAllowed: () => Promise.resolve(allowed),
    now: () => new Date(now),
    sleep: (milliseconds, signal) => {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  });

const never = new AbortController().signal;
const code = (type: string, organizationId = 'acme'): Promise<string> =>
  authenticator().code(organizationId, type, never);

describe('a code by the clock', () => {
  test('is that of RFC 6238 appendix B', async () => {
    const text = Buffer.from(`otpauth://totp/x?secret=${secret}&digits=8`);
    await authenticator().keep('acme', text);
    expect(await code('totp-01')).toBe('07081804');
  });

  test('is never made twice: the next step comes first, and then time passes', async () => {
    await authenticator().keep('acme', byClock);
    const epoch = now / 1000;
    const expected = [0, 30, 60].map((later) => generateSync({ secret, epoch: epoch + later }));
    expect([await code('totp-01'), await code('totp-01')]).toEqual(expected.slice(0, 2));
    expect(slept).toEqual([]);
    expect(await code('totp-01')).toBe(expected[2]);
    // 1111111109 is 29 seconds into its step.
    expect(slept).toEqual([1_000]);
  });

  test('is waited for no longer than somebody wants it', async () => {
    await authenticator().keep('acme', byClock);
    await code('totp-01');
    await code('totp-01');
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(authenticator().code('acme', 'totp-01', stop.signal)).rejects.toThrow('stopped');
  });
});

describe('a counted code', () => {
  test('is that of RFC 4226 appendix D, one after the other', async () => {
    await authenticator().keep('acme', counted);
    const codes = [];
    for (let count = 0; count < 4; count += 1) codes.push(await code('hotp-01'));
    expect(codes).toEqual(['755224', '287082', '359152', '969429']);
  });

  test('is used up on the disk before it leaves, also when the wallet is killed', async () => {
    await authenticator().keep('acme', counted);
    expect(await code('hotp-01')).toBe('755224');
    wallet.close();
    open();
    expect(await code('hotp-01')).toBe('287082');
  });

  test('is another for each who asks at the same time', async () => {
    const one = authenticator();
    await one.keep('acme', counted);
    const codes = await Promise.all(
      Array.from({ length: 8 }, () => one.code('acme', 'hotp-01', never)),
    );
    expect(new Set(codes).size).toBe(8);
  });

  test('is not used up when the secret store is locked', async () => {
    await authenticator().keep('acme', counted);
    secrets.fault = 'locked';
    await expect(code('hotp-01')).rejects.toMatchObject({ reason: 'locked' });
    secrets.fault = null;
    expect(await code('hotp-01')).toBe('755224');
  });
});

describe('the authenticator', () => {
  test('keeps and makes nothing unless the managed policy allows it', async () => {
    allowed = false;
    await expect(authenticator().keep('acme', byClock)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect(wallet.authenticators.find('acme')).toBeUndefined();
    allowed = true;
    await authenticator().keep('acme', byClock);
    allowed = false;
    await expect(code('totp-01')).rejects.toMatchObject({ code: 'not-allowed' });
    // What may not be used may be forgotten.
    authenticator().forget('acme');
    expect(wallet.authenticators.find('acme')).toBeUndefined();
  });

  test('offers nothing before the policy was read, nor after it was changed', async () => {
    const one = authenticator();
    await authenticator().keep('acme', byClock);
    expect(one.offers('acme', 'totp-01')).toBe(false);
    expect(await one.refresh()).toBe(true);
    expect(one.offers('acme', 'totp-01')).toBe(true);
    allowed = false;
    await one.refresh();
    expect(one.offers('acme', 'totp-01')).toBe(false);
  });

  test('says whether a secret is kept, and whether it is of any use under the policy', async () => {
    const one = authenticator();
    expect(one.standing('acme')).toBeUndefined();
    await one.refresh();
    expect(one.standing('acme')).toBe('possible');
    await one.keep('acme', byClock);
    expect(one.standing('acme')).toBe('kept');
    allowed = false;
    expect(authenticator().standing('acme')).toBeUndefined();
    await one.refresh();
    expect(one.standing('acme')).toBe('unused');
    expect(one.forget('acme')).toBe(true);
    expect(one.forget('acme')).toBe(false);
    expect(one.standing('acme')).toBeUndefined();
  });

  test('serves the organisation and the type of challenge that the secret is for', async () => {
    const one = authenticator();
    await one.keep('acme', byClock);
    expect(one.offers('acme', 'totp-01')).toBe(true);
    for (const type of ['hotp-01', 'otp-01', 'cert-01', '']) {
      expect(one.offers('acme', type)).toBe(false);
      await expect(code(type)).rejects.toMatchObject({ code: 'not-kept' });
    }
    expect(one.offers('other', 'totp-01')).toBe(false);
    await expect(code('totp-01', 'other')).rejects.toMatchObject({ code: 'not-kept' });
  });

  test('replaces what it kept, and keeps it when the new is unreadable', async () => {
    const one = authenticator();
    await one.keep('acme', byClock);
    await expect(one.keep('acme', Buffer.from('nonsense'))).rejects.toMatchObject({
      code: 'unreadable',
    });
    expect(one.offers('acme', 'totp-01')).toBe(true);
    await one.keep('acme', counted);
    expect([one.offers('acme', 'totp-01'), one.offers('acme', 'hotp-01')]).toEqual([false, true]);
  });

  test('leaves no secret on the disk, and none that opens in another place', async () => {
    await authenticator().keep('acme', byClock);
    const kept = wallet.authenticators.find('acme');
    if (kept === undefined) throw new Error('nothing was kept');
    wallet.authenticators.put({ ...kept, organizationId: 'other' }, 0);
    await expect(code('totp-01', 'other')).rejects.toMatchObject({ reason: 'damaged' });
    wallet.close();
    for (const name of await readdir(directory.path)) {
      const content = await readFile(join(directory.path, name));
      for (const clear of [secret, '12345678901234567890']) {
        expect(content.includes(clear), name).toBe(false);
      }
    }
    open();
  });
});
