import { createPrivateKey, createPublicKey, randomUUID, verify, webcrypto } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyTypes, type KeyType } from '../../shared/models/enrollment-profile.ts';
import { AesGcmSealer } from '../keystore/sealer.ts';
import { MemorySecretStore } from '../testing/memory-secret-store.ts';
import { SoftwareKeys, type SealedKey } from './software-keys.ts';

const data = new TextEncoder().encode('what is signed');
const rsa = {
  algorithm: 'RS256',
  jwk: ['e', 'kty', 'n'],
  webCrypto: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;
const expected = {
  'P-256': {
    algorithm: 'ES256',
    signatureLength: 64,
    jwk: ['crv', 'kty', 'x', 'y'],
    webCrypto: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  },
  'P-384': {
    algorithm: 'ES384',
    signatureLength: 96,
    jwk: ['crv', 'kty', 'x', 'y'],
    webCrypto: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  },
  'RSA-2048': { ...rsa, signatureLength: 256 },
  'RSA-3072': { ...rsa, signatureLength: 384 },
  'RSA-4096': { ...rsa, signatureLength: 512 },
  Ed25519: {
    algorithm: 'EdDSA',
    signatureLength: 64,
    jwk: ['crv', 'kty', 'x'],
    webCrypto: { name: 'Ed25519' },
  },
} as const;

let secrets: MemorySecretStore;
let stored: Map<string, SealedKey>;
let keys: SoftwareKeys;

beforeEach(() => {
  secrets = new MemorySecretStore();
  stored = new Map();
  keys = openKeys(secrets, stored);
});

function openKeys(secrets: MemorySecretStore, stored: Map<string, SealedKey>): SoftwareKeys {
  let masterKeyId: string | null = null;
  const record = {
    secretName: 'master-key',
    read: () => masterKeyId,
    write: (id: string) => {
      masterKeyId = id;
    },
  };
  return new SoftwareKeys({
    sealer: new AesGcmSealer({ secrets, record }),
    store: {
      put: (key) => void stored.set(key.id, key),
      get: (id) => stored.get(id) ?? null,
      remove: (id) => void stored.delete(id),
    },
    randomUuid: randomUUID,
  });
}

// Making an RSA key of 4096 bits takes a processor a second.
const quick = keyTypes.filter((type) => type !== 'RSA-4096');
describe.each(quick)('a %s key', showsItsWorth);
describe('a RSA-4096 key', { tags: ['deep'] }, () => showsItsWorth('RSA-4096'));

function showsItsWorth(type: KeyType): void {
  const { algorithm, signatureLength, jwk, webCrypto } = expected[type];
  let keys: SoftwareKeys;
  let id: string;

  beforeAll(async () => {
    keys = openKeys(new MemorySecretStore(), new Map());
    id = await keys.generate(type);
  });

  test('signs so that WebCrypto accepts it by the public JWK, and nothing else', async () => {
    const signer = await keys.signer(id);
    expect(signer.algorithm).toBe(algorithm);
    expect(Object.keys(signer.publicJwk).sort()).toEqual(jwk);
    const signature = await signer.sign(data);
    expect(signature).toHaveLength(signatureLength);
    const publicKey = await webcrypto.subtle.importKey('jwk', signer.publicJwk, webCrypto, true, [
      'verify',
    ]);
    const check = (text: string) =>
      webcrypto.subtle.verify(webCrypto, publicKey, signature, new TextEncoder().encode(text));
    expect(await check('what is signed')).toBe(true);
    expect(await check('what is not')).toBe(false);
  });

  test('is the same key by JWK, by SPKI and after a restart', async () => {
    const one = await keys.signer(id);
    const two = await keys.signer(id);
    const spki = Buffer.from(one.publicSpki);
    expect(Buffer.from(two.publicSpki)).toEqual(spki);
    expect(
      createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'jwk' }),
    ).toEqual(one.publicJwk);
  });

  test('comes out as PKCS #8 that makes the same public key', async () => {
    const { publicSpki } = await keys.signer(id);
    const pkcs8 = await keys.exportPkcs8(id);
    const exported = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const fromExport = createPublicKey(exported);
    expect(fromExport.export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(publicSpki));
  });

  if (!type.startsWith('RSA-')) return;
  test('has the bits asked for', async () => {
    const { publicSpki } = await keys.signer(id);
    const key = createPublicKey({ key: Buffer.from(publicSpki), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(Number(type.slice('RSA-'.length)));
  });
}

test('making an RSA key leaves the event loop free', async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  await keys.generate('RSA-2048');
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
});

test('two keys are never the same, and take the id that a journal chose', async () => {
  const one = await keys.generate('P-256');
  const two = await keys.generate('P-256', 'chosen before');
  expect(two).toBe('chosen before');
  expect((await keys.signer(one)).publicJwk).not.toEqual((await keys.signer(two)).publicJwk);
});

test('what lies in the store is neither the key nor openable under another id', async () => {
  const one = await keys.generate('P-256');
  const two = await keys.generate('P-256');
  const sealed = stored.get(one)?.sealed ?? new Uint8Array();
  const pkcs8 = Buffer.from(await keys.exportPkcs8(one));
  for (let at = 0; at + 16 <= pkcs8.length; at += 16) {
    expect(Buffer.from(sealed).includes(pkcs8.subarray(at, at + 16))).toBe(false);
  }
  stored.set(two, { id: two, type: 'P-256', sealed });
  await expect(keys.signer(two)).rejects.toEqual(expect.objectContaining({ reason: 'damaged' }));
});

test('without a secret store no key is stored, in clear least of all', async () => {
  secrets.fault = 'absent';
  await expect(keys.generate('P-256')).rejects.toEqual(
    expect.objectContaining({ code: 'keystore', reason: 'absent' }),
  );
  expect(stored.size).toBe(0);
});

test('a locked secret store locks the keys; a signer that was got before goes on', async () => {
  const id = await keys.generate('P-256');
  const signer = await keys.signer(id);
  secrets.fault = 'locked';
  await expect(keys.signer(id)).rejects.toEqual(expect.objectContaining({ reason: 'locked' }));
  await expect(keys.exportPkcs8(id)).rejects.toEqual(expect.objectContaining({ reason: 'locked' }));
  const signature = await signer.sign(data);
  const key = createPublicKey({
    key: Buffer.from(signer.publicSpki),
    format: 'der',
    type: 'spki',
  });
  expect(verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
});

test('a removed key is gone, and removing it again is no error', async () => {
  const id = await keys.generate('P-256');
  await keys.remove(id);
  await keys.remove(id);
  expect(stored.size).toBe(0);
  await expect(keys.signer(id)).rejects.toEqual(
    expect.objectContaining({ code: 'key-not-found', keyId: id }),
  );
});
