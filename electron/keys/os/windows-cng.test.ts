import { createHash, createPublicKey, verify } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { CngDouble } from '../../testing/os-keys/cng-double.ts';
import type { CngFunctions } from './cng-functions.ts';
import { WindowsCng } from './windows-cng.ts';

let cng: CngDouble;
let store: WindowsCng;

beforeEach(() => {
  cng = new CngDouble();
  store = new WindowsCng(() => Promise.resolve(cng.functions));
  return () => {
    // Whatever went wrong, every handle was freed, and none of them twice.
    expect(cng.openHandles).toBe(0);
    expect(cng.misuses).toEqual([]);
  };
});

const id = '0b0f1c9e-6a53-4c0e-9a6d-2f8f0c7f3e11';
const tpm = 'Microsoft Platform Crypto Provider';
const software = 'Microsoft Software Key Storage Provider';
const name = `org.countersign.${id}`;
const refused = (reason: string, status?: string) =>
  expect.objectContaining({ code: 'os-key', reason, ...(status && { status }) }) as Error;

const failing = (call: keyof CngFunctions, status: number, provider?: string) => {
  cng.fault = (each, where) =>
    each === call && (provider === undefined || where === provider) ? status : null;
};

describe('a key', () => {
  test.each([
    ['P-256', 'ES256', 'sha256', 'hardware'],
    ['P-384', 'ES384', 'sha384', 'system'],
    ['RSA-2048', 'RS256', 'sha256', 'hardware'],
    ['RSA-3072', 'RS256', 'sha256', 'system'],
  ] as const)(
    'for %s signs, and lies in the TPM where that can hold it',
    async (type, algorithm, hash, protection) => {
      const made = await store.create({ id, type });
      expect(made).toMatchObject({ type, protection });
      expect(cng.keptNames).toEqual([`${protection === 'hardware' ? tpm : software} ${name}`]);
      expect(await store.find(id)).toEqual(made);
      const data = Buffer.from('what is signed');
      const digest = createHash(hash).update(data).digest();
      const signature = await store.sign(id, digest, algorithm);
      const key = { key: Buffer.from(made.publicSpki), format: 'der', type: 'spki' } as const;
      const publicKey = createPublicKey(key);
      expect(verify(hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(
        true,
      );
      await store.remove(id);
      expect(await store.find(id)).toBeNull();
      expect(cng.keptNames).toEqual([]);
    },
  );

  test('is not made twice by one name, whichever provider has it', async () => {
    await store.create({ id, type: 'P-384' });
    await expect(store.create({ id, type: 'P-256' })).rejects.toThrow(refused('exists'));
    expect(cng.keptNames).toEqual([`${software} ${name}`]);
  });

  test('that is not there is nothing to find, nothing to sign with, and nothing to remove', async () => {
    expect(await store.find(id)).toBeNull();
    await store.remove(id);
    const signing = store.sign(id, Buffer.alloc(32), 'ES256');
    await expect(signing).rejects.toThrow(refused('not-found'));
  });

  test('has a name that ends where C thinks it does', async () => {
    for (const bad of ['', 'a\0b', 'a\\b', 'a'.repeat(65), 'ä']) {
      await expect(store.find(bad)).rejects.toThrow(TypeError);
    }
  });

  test('signs nothing but digests of its hash', async () => {
    await store.create({ id, type: 'P-256' });
    for (const length of [0, 31, 33, 48]) {
      await expect(store.sign(id, Buffer.alloc(length), 'ES256')).rejects.toThrow(TypeError);
    }
  });
});

describe('a key that could be exported', () => {
  test('is not kept, whatever its provider made of the policy', async () => {
    cng.policyOf = () => 1;
    await expect(store.create({ id, type: 'P-256' })).rejects.toThrow(refused('exportable'));
    expect(cng.keptNames).toEqual([]);
  });

  test('is not kept either when the policy could not be set', async () => {
    failing('NCryptSetProperty', 0x80090029);
    await expect(store.create({ id, type: 'P-256' })).rejects.toThrow(refused('exportable'));
    expect(cng.keptNames).toEqual([]);
  });

  test('and cannot be removed is said to be there', async () => {
    cng.policyOf = () => 1;
    failing('NCryptDeleteKey', 0x80090010);
    const making = store.create({ id, type: 'P-256' });
    await expect(making).rejects.toThrow(
      expect.objectContaining({ call: 'NCryptDeleteKey', cause: refused('exportable') }) as Error,
    );
    // By its page the call frees the handle whatever comes of it, so nobody frees it again.
    cng.fault = () => null;
    expect(cng.openHandles).toBe(1);
    cng = new CngDouble();
  });
});

describe('a computer', () => {
  test.each([
    ['without a TPM', 'NCryptOpenStorageProvider', 0x8028400f],
    ['whose TPM is switched off', 'NCryptOpenStorageProvider', 0x80284010],
    ['whose TPM is not ready', 'NCryptOpenStorageProvider', 0x80090030],
    ['whose TPM knows no such keys', 'NCryptCreatePersistedKey', 0x80090029],
    ['whose TPM says so late', 'NCryptFinalizeKey', 0x80090027],
  ] as const)('%s keeps the key in software', async (_title, call, status) => {
    failing(call, status, tpm);
    const made = await store.create({ id, type: 'P-256' });
    expect(made.protection).toBe('system');
    expect(cng.keptNames).toEqual([`${software} ${name}`]);
    expect(await store.find(id)).toEqual(made);
  });

  test('whose TPM does not answer now does not say that a key is gone', async () => {
    await store.create({ id, type: 'P-256' });
    failing('NCryptOpenStorageProvider', 0x80090030, tpm);
    const notReady = refused('not-ready', 'NTE_DEVICE_NOT_READY');
    await expect(store.find(id)).rejects.toThrow(notReady);
    await expect(store.remove(id)).rejects.toThrow(notReady);
    await expect(store.sign(id, Buffer.alloc(32), 'ES256')).rejects.toThrow(notReady);
    cng.fault = () => null;
    expect(await store.find(id)).not.toBeNull();
  });

  test('whose TPM is locked makes no weaker key in its stead', async () => {
    failing('NCryptFinalizeKey', 0x80280921, tpm);
    const making = store.create({ id, type: 'P-256' });
    await expect(making).rejects.toThrow(refused('locked', 'TPM_20_E_LOCKOUT'));
    expect(cng.keptNames).toEqual([]);
  });

  test('without any provider says that there is none', async () => {
    failing('NCryptOpenStorageProvider', 0x80090013);
    const absent = refused('absent', 'NTE_BAD_PROVIDER');
    await expect(store.create({ id, type: 'P-256' })).rejects.toThrow(absent);
    await expect(store.find(id)).rejects.toThrow(absent);
  });
});

const calls = [
  'NCryptOpenStorageProvider',
  'NCryptCreatePersistedKey',
  'NCryptOpenKey',
  'NCryptGetProperty',
  'NCryptFinalizeKey',
  'NCryptExportKey',
  'NCryptSignHash',
] as const;

test.each(calls)('a failure of %s is told by its name and leaves no handle open', async (call) => {
  await store.create({ id, type: 'P-256' });
  failing(call, 0x80090022);
  const silent = refused('needs-person', 'NTE_SILENT_CONTEXT');
  const other = '3f2b8f4e-0d5c-4a51-8f7a-0f3b7f2f9c55';
  const results = await Promise.allSettled([
    store.create({ id: other, type: 'RSA-2048' }),
    store.find(id),
    store.sign(id, Buffer.alloc(32), 'ES256'),
  ]);
  const reasons = results.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason).toEqual(silent);
  expect(reasons[0]).toMatchObject({ call });
});

test('a number that winerror.h has no name for is told as it is', async () => {
  failing('NCryptOpenStorageProvider', 0xdeadbeef);
  await expect(store.find(id)).rejects.toThrow(refused('failed', '0xdeadbeef'));
});

test('what is written is what was said, and no more than there is room for', async () => {
  await store.create({ id, type: 'P-256' });
  cng.distort = (octets) => Buffer.concat([octets, Buffer.alloc(2000)]);
  await expect(store.find(id)).rejects.toThrow(refused('unusable', 'NTE_BUFFER_TOO_SMALL'));
  cng.distort = () => Buffer.alloc(0);
  await expect(store.find(id)).rejects.toThrow(refused('unusable'));
  await expect(store.sign(id, Buffer.alloc(32), 'ES256')).rejects.toThrow(refused('unusable'));
});

test('a key of another kind than was asked for is not kept', async () => {
  cng.distort = (octets) => {
    if (octets.length !== 104) return octets;
    octets.write('ECS1');
    return octets;
  };
  await expect(store.create({ id, type: 'P-384' })).rejects.toThrow(refused('unusable'));
  expect(cng.keptNames).toEqual([]);
});

test('nothing is loaded before the first use, and once', async () => {
  let loaded = 0;
  const lazy = new WindowsCng(() => {
    loaded += 1;
    return Promise.resolve(cng.functions);
  });
  expect(lazy.types).toContain('P-256');
  expect(loaded).toBe(0);
  await lazy.find(id);
  await lazy.find(id);
  expect(loaded).toBe(1);
});
