import { createHash, createPublicKey, verify } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { SecurityDouble } from '../../testing/os-keys/security-double.ts';
import { MacosKeychain } from './macos-keychain.ts';

let security: SecurityDouble;
let store: MacosKeychain;

beforeEach(() => {
  security = new SecurityDouble();
  store = new MacosKeychain(() => Promise.resolve(security.functions));
  return () => {
    // Whatever went wrong, every object was released, and none of them twice or used afterwards.
    expect(security.leaks).toBe(0);
    expect(security.misuses).toEqual([]);
  };
});

const id = '0b0f1c9e-6a53-4c0e-9a6d-2f8f0c7f3e11';
const tag = `org.countersign.${id}`;
const refused = (reason: string, status?: string) =>
  expect.objectContaining({ code: 'os-key', reason, ...(status && { status }) }) as Error;

const kept = () => security.items.map(({ keychain, half }) => `${keychain} ${half}`);

describe('a key', () => {
  test.each([
    ['P-256', 'ES256', 'sha256', 'hardware', ['data-protection Private']],
    ['P-384', 'ES384', 'sha384', 'system', ['file Private', 'file Public']],
    ['RSA-2048', 'RS256', 'sha256', 'system', ['file Private', 'file Public']],
  ] as const)(
    'for %s signs, and lies in the Secure Enclave where that can hold it',
    async (type, algorithm, hash, protection, items) => {
      const made = await store.create({ id, type });
      expect(made).toMatchObject({ type, protection });
      expect(kept()).toEqual(items);
      expect(security.items.every((each) => each.tag === tag && !isOpen(each))).toBe(true);
      expect(await store.find(id)).toEqual(made);
      const data = Buffer.from('what is signed');
      const signature = await store.sign(id, createHash(hash).update(data).digest(), algorithm);
      const spki = { key: Buffer.from(made.publicSpki), format: 'der', type: 'spki' } as const;
      const key = { key: createPublicKey(spki), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify(hash, data, key, signature)).toBe(true);
      await store.remove(id);
      expect(await store.find(id)).toBeNull();
      expect(kept()).toEqual([]);
    },
  );

  test('is not made twice by one tag, which the keychains would allow', async () => {
    await store.create({ id, type: 'P-384' });
    await expect(store.create({ id, type: 'P-256' })).rejects.toThrow(refused('exists'));
    expect(kept()).toEqual(['file Private', 'file Public']);
  });

  test('that is not there is nothing to find, nothing to sign with, and nothing to remove', async () => {
    expect(await store.find(id)).toBeNull();
    await store.remove(id);
    const signing = store.sign(id, Buffer.alloc(32), 'ES256');
    await expect(signing).rejects.toThrow(refused('not-found'));
  });

  test('that could be exported is not kept', async () => {
    security.keepsExtractable = true;
    await expect(store.create({ id, type: 'P-384' })).rejects.toThrow(refused('exportable'));
    expect(kept()).toEqual([]);
  });

  test('of another kind than was asked for is not kept', async () => {
    const { publicSpki } = await new MacosKeychain(() =>
      Promise.resolve(new SecurityDouble().functions),
    ).create({ id, type: 'P-256' });
    security.distort = () => Buffer.from(publicSpki.subarray(-65));
    await expect(store.create({ id, type: 'P-384' })).rejects.toThrow(refused('unusable'));
    expect(kept()).toEqual([]);
  });
});

const isOpen = ({ half, isExtractable }: { half: string; isExtractable: boolean }) =>
  half === 'Private' && isExtractable;

describe('a Mac', () => {
  test('without a Secure Enclave keeps the key in the login keychain', async () => {
    security.hasEnclave = false;
    expect(await store.create({ id, type: 'P-256' })).toMatchObject({ protection: 'system' });
    expect(kept()).toEqual(['file Private', 'file Public']);
  });

  test('on which the wallet is not signed for the Secure Enclave keeps it there as well', async () => {
    security.isEntitled = false;
    const made = await store.create({ id, type: 'P-256' });
    expect(made.protection).toBe('system');
    expect(await store.find(id)).toEqual(made);
    await store.remove(id);
    expect(kept()).toEqual([]);
  });

  test('whose person says no makes no weaker key in its stead', async () => {
    security.failing = { call: 'SecKeyCreateRandomKey', status: -128 };
    const making = store.create({ id, type: 'P-256' });
    await expect(making).rejects.toThrow(refused('cancelled', 'errSecUserCanceled'));
  });
});

test.each([
  ['SecItemCopyMatching', -25308, undefined, 'needs-person', 'errSecInteractionNotAllowed'],
  ['SecKeyCreateSignature', -25293, undefined, 'denied', 'errSecAuthFailed'],
  ['SecKeyCreateSignature', -2, 'com.apple.LocalAuthentication', 'cancelled', 'LAErrorUserCancel'],
  ['SecKeyCreateSignature', -3, 'CryptoTokenKit', 'failed', 'CryptoTokenKit -3'],
  ['SecKeyCreateSignature', -4711, undefined, 'failed', '-4711'],
  ['SecKeyCopyExternalRepresentation', -50, undefined, 'not-supported', 'errSecParam'],
])('%s that fails with %d of %s is told as %s, %s', async (call, status, domain, reason, name) => {
  await store.create({ id, type: 'P-256' });
  security.failing = { call, status, ...(domain !== undefined && { domain }) };
  const failure = expect.objectContaining({ call, ...refusedFacts(reason, name) }) as Error;
  const doing = call === 'SecKeyCreateSignature' ? sign() : store.find(id);
  await expect(doing).rejects.toThrow(failure);
});

const refusedFacts = (reason: string, status: string) => ({ code: 'os-key', reason, status });
const sign = () => store.sign(id, Buffer.alloc(32), 'ES256');

test('a key that cannot be removed is an error', async () => {
  await store.create({ id, type: 'P-256' });
  security.failing = { call: 'SecItemDelete', status: -25293 };
  await expect(store.remove(id)).rejects.toThrow(refused('denied', 'errSecAuthFailed'));
});

test('a signature that is none is refused', async () => {
  await store.create({ id, type: 'P-256' });
  for (const octets of [Buffer.alloc(0), Buffer.alloc(70), Buffer.alloc(70_000)]) {
    security.distort = () => octets;
    await expect(sign()).rejects.toThrow(refused('unusable'));
  }
});
