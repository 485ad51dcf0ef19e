import { createHash, createPublicKey, verify } from 'node:crypto';
import { publicKeyFromBlob } from '../../keys/os/cng-blob.ts';
import {
  loadCng,
  type CngFunctions,
  type CngHandle,
  type Out,
} from '../../keys/os/cng-functions.ts';
import { checkStatus } from '../../keys/os/cng-status.ts';
import type { OsKeyType } from '../../keys/os/os-key-store.ts';
import { publicKeyOf } from '../../keys/os/public-key.ts';
import { WindowsCng } from '../../keys/os/windows-cng.ts';
import { OsKeys } from '../../keys/os-keys.ts';
import { expectTrue, type Check } from './check.ts';
import { loadBcrypt } from './windows-libraries.ts';

const notSupported = (call: string) => `${call} NTE_NOT_SUPPORTED`;
const rsaTypes = ['RSA-2048', 'RSA-3072', 'RSA-4096'] as const;

export const cngChecks: readonly Check[] = [
  ...['Microsoft Platform Crypto Provider', 'Microsoft Software Key Storage Provider'].map(opens),
  {
    what: 'a provider says whether it is hardware (`Impl Type`)',
    expects: 'NCryptGetProperty NTE_INVALID_PARAMETER',
    run: () => withProvider(readImplementationType),
  },
  {
    what: '`WindowsCng.find`: no key by that name (NCryptOpenKey)',
    expects: notSupported('NCryptOpenKey'),
    run: async () => {
      expectTrue((await new WindowsCng(loadCng).find('nobody')) === null, 'found one');
    },
  },
  ...rsaTypes.map(makesAndSigns),
  ...(['P-256', 'P-384'] as const).map((type) => ({
    ...makesAndSigns(type),
    expects: notSupported('NCryptCreatePersistedKey'),
  })),
  ...(['P-256', 'P-384'] as const).map(readsBlob),
];

function opens(provider: string): Check {
  return {
    what: `opening the ${provider} and freeing it`,
    expects: 'works',
    run: async () => {
      const cng = await loadCng();
      const handle: Out<CngHandle> = [0];
      checkStatus(
        await cng.NCryptOpenStorageProvider(handle, provider, 0),
        'NCryptOpenStorageProvider',
        provider,
      );
      checkStatus(await cng.NCryptFreeObject(handle[0]), 'NCryptFreeObject', provider);
    },
  };
}

async function withProvider(
  use: (cng: CngFunctions, provider: CngHandle) => Promise<void>,
): Promise<void> {
  const cng = await loadCng();
  const handle: Out<CngHandle> = [0];
  const name = 'Microsoft Software Key Storage Provider';
  checkStatus(
    await cng.NCryptOpenStorageProvider(handle, name, 0),
    'NCryptOpenStorageProvider',
    name,
  );
  try {
    await use(cng, handle[0]);
  } finally {
    await cng.NCryptFreeObject(handle[0]);
  }
}

async function readImplementationType(cng: CngFunctions, provider: CngHandle): Promise<void> {
  const size: Out<number> = [0];
  checkStatus(
    await cng.NCryptGetProperty(provider, 'Impl Type', Buffer.alloc(4), 4, size, 0x40),
    'NCryptGetProperty',
    'reading Impl Type',
  );
}

/** The wallet's own path from a new key to a signature that OpenSSL verifies, over keys that Wine holds. */
function makesAndSigns(type: OsKeyType): Check {
  return {
    what: `\`OsKeys\` makes a ${type} key, which says that it cannot be exported, and signs with it; removed it is gone (¹)`,
    expects: 'works',
    run: async () => {
      const store = new WindowsCng(async () => rememberKeys(await loadCng()));
      const keys = new OsKeys({ store, randomUuid: () => `wine-${type.toLowerCase()}` });
      const id = await keys.generate(type);
      const signer = await keys.signer(id);
      const data = Buffer.from('what is signed');
      const signature = await signer.sign(data);
      const key = createPublicKey({ key: { ...signer.publicJwk }, format: 'jwk' });
      expectTrue(verify('sha256', data, key, signature), 'the signature does not verify');
      await keys.remove(id);
      expectTrue((await keys.find(id)) === null, 'it is still there');
    },
  };
}

/** Wine keeps no key and has no NCryptOpenKey and NCryptDeleteKey: here the handle is what is kept. Every other call is Wine's. */
function rememberKeys(cng: CngFunctions): CngFunctions {
  const kept = new Map<string, CngHandle>();
  const isKept = (handle: CngHandle) => [...kept.values()].includes(handle);
  return {
    ...cng,
    NCryptCreatePersistedKey: async (provider, key, algorithm, name, ...rest) => {
      const status = await cng.NCryptCreatePersistedKey(provider, key, algorithm, name, ...rest);
      if (status === 0) kept.set(name, key[0]);
      return status;
    },
    NCryptOpenKey: (_provider, key, name) => {
      const handle = kept.get(name);
      if (handle === undefined) return Promise.resolve(0x80090016);
      key[0] = handle;
      return Promise.resolve(0);
    },
    NCryptDeleteKey: (handle) => {
      for (const [name, each] of kept) if (each === handle) kept.delete(name);
      return cng.NCryptFreeObject(handle);
    },
    NCryptFreeObject: (handle) =>
      isKept(handle) ? Promise.resolve(0) : cng.NCryptFreeObject(handle),
  };
}

/** The same blob and the same signature come from CNG's other half, which has curves under Wine. */
function readsBlob(type: 'P-256' | 'P-384'): Check {
  return {
    what: `a ${type} key of BCrypt: our reading of its ECCPUBLICBLOB verifies its signature, which is r‖s`,
    expects: 'works',
    run: () => {
      const hash = type === 'P-256' ? 'sha256' : 'sha384';
      const data = Buffer.from('what is signed');
      const { blob, signature } = signByBcrypt(type, createHash(hash).update(data).digest());
      const key = publicKeyFromBlob(blob);
      expectTrue(publicKeyOf(key).type === type, 'another type of key');
      const isRight = verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
      expectTrue(isRight, 'the signature does not verify');
      return Promise.resolve();
    },
  };
}

function signByBcrypt(type: 'P-256' | 'P-384', digest: Buffer) {
  const bcrypt = loadBcrypt();
  const check = (status: unknown, call: string) => {
    if (status !== 0) throw new Error(`${call} 0x${Number(status).toString(16)}`);
  };
  const provider: Out<CngHandle> = [0];
  const name = `ECDSA_${type.replace('-', '')}`;
  check(bcrypt.BCryptOpenAlgorithmProvider(provider, name, null, 0), 'BCryptOpenAlgorithmProvider');
  const key: Out<CngHandle> = [0];
  const bits = type === 'P-256' ? 256 : 384;
  check(bcrypt.BCryptGenerateKeyPair(provider[0], key, bits, 0), 'BCryptGenerateKeyPair');
  check(bcrypt.BCryptFinalizeKeyPair(key[0], 0), 'BCryptFinalizeKeyPair');
  const [blob, blobSize]: [Buffer, Out<number>] = [Buffer.alloc(256), [0]];
  check(
    bcrypt.BCryptExportKey(key[0], 0, 'ECCPUBLICBLOB', blob, blob.length, blobSize, 0),
    'BCryptExportKey',
  );
  const [signature, size]: [Buffer, Out<number>] = [Buffer.alloc(256), [0]];
  check(
    bcrypt.BCryptSignHash(key[0], null, digest, digest.length, signature, 256, size, 0),
    'BCryptSignHash',
  );
  check(bcrypt.BCryptDestroyKey(key[0]), 'BCryptDestroyKey');
  check(bcrypt.BCryptCloseAlgorithmProvider(provider[0], 0), 'BCryptCloseAlgorithmProvider');
  return { blob: blob.subarray(0, blobSize[0]), signature: signature.subarray(0, size[0]) };
}
