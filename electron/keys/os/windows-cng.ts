import type { CngFunctions, CngHandle, Out } from './cng-functions.ts';
import { publicKeyFromBlob } from './cng-blob.ts';
import { checkStatus, isNotFound } from './cng-status.ts';
import { OsKeyError } from './os-key-error.ts';
import {
  expectDigest,
  nameOf,
  type OsKey,
  type OsKeyStore,
  type OsKeyType,
  type OsSignatureAlgorithm,
} from './os-key-store.ts';
import { publicKeyOf, unusable } from './public-key.ts';

/** The first that can hold a key gets it: MS_PLATFORM_CRYPTO_PROVIDER is the TPM's, MS_KEY_STORAGE_PROVIDER is in software. */
const providers = [
  'Microsoft Platform Crypto Provider',
  'Microsoft Software Key Storage Provider',
] as const;
type Provider = (typeof providers)[number];

// ncrypt.h
/** NCRYPT_SILENT_FLAG: keys of ours have no UI policy, so nothing should ask. Whatever wants to fails with NTE_SILENT_CONTEXT. */
const silent = 0x40;
/** NCRYPT_PERSIST_FLAG: the property is kept with the key. */
const persist = 0x80000000;
/** NCRYPT_PAD_PKCS1_FLAG. */
const pkcs1 = 0x2;
/** NCRYPT_IMPL_HARDWARE_FLAG. */
const hardware = 0x1;
/** The key is of none of the kinds that CryptoAPI had. */
const noLegacyKind = 0;

/** CNG Algorithm Identifiers: a curve has a name of its own, an RSA key has a length. */
const algorithms: Readonly<Record<OsKeyType, readonly [name: string, bits?: number]>> = {
  'P-256': ['ECDSA_P256'],
  'P-384': ['ECDSA_P384'],
  'RSA-2048': ['RSA', 2048],
  'RSA-3072': ['RSA', 3072],
  'RSA-4096': ['RSA', 4096],
};

const longestBlob = 1024;
const longestSignature = 512;

/** Keys of the current person in Windows's key storage providers (CNG), non-exportable. */
export class WindowsCng implements OsKeyStore {
  readonly types: readonly OsKeyType[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'];
  readonly #load: () => Promise<CngFunctions>;
  #cng: Promise<CngFunctions> | undefined;

  constructor(load: () => Promise<CngFunctions>) {
    this.#load = load;
  }

  async create({ id, type }: { readonly id: string; readonly type: OsKeyType }): Promise<OsKey> {
    const name = nameOf(id);
    // Each provider has names of its own; ours are unique in both.
    if (await this.#isTaken(id)) throw new OsKeyError({ reason: 'exists' }, 'making a key');
    let last: unknown;
    for (const provider of providers) {
      try {
        return await this.#createIn(provider, name, type);
      } catch (error) {
        if (!isIncapable(error)) throw error;
        last = error;
      }
    }
    throw last;
  }

  async find(id: string): Promise<OsKey | null> {
    return this.#withKey(id, 'looking for a key', async (cng, { key, provider }) => ({
      ...publicKeyOf(publicKeyFromBlob(await exportPublic(cng, key))),
      protection: await protectionOf(cng, provider),
    }));
  }

  async sign(id: string, digest: Uint8Array, algorithm: OsSignatureAlgorithm): Promise<Uint8Array> {
    expectDigest(digest, algorithm);
    const signature = await this.#withKey(id, 'signing', (cng, { key }) =>
      signHash(cng, key, { digest, algorithm }),
    );
    if (signature === null) throw new OsKeyError({ reason: 'not-found' }, 'signing');
    return signature;
  }

  async remove(id: string): Promise<void> {
    const doing = 'removing a key';
    await this.#withKey(id, doing, async (cng, held) => {
      // It frees the handle, whatever comes of it: nobody may touch it any more.
      held.isFreed = true;
      checkStatus(await cng.NCryptDeleteKey(held.key, silent), 'NCryptDeleteKey', doing);
    });
  }

  /** A provider that is not ready for use makes no difference here: the other one gets the key. */
  async #isTaken(id: string): Promise<boolean> {
    try {
      return (await this.find(id)) !== null;
    } catch (error) {
      if (reasonOfOpening(error) === 'not-ready') return false;
      throw error;
    }
  }

  async #createIn(provider: Provider, name: string, type: OsKeyType): Promise<OsKey> {
    return this.#withProvider(provider, async (cng, store) => {
      const doing = 'making a key';
      const [algorithm, bits] = algorithms[type];
      const out: Out<CngHandle> = [0];
      // Without NCRYPT_OVERWRITE_KEY_FLAG, and without NCRYPT_MACHINE_KEY_FLAG: the person's own.
      const made = await cng.NCryptCreatePersistedKey(store, out, algorithm, name, noLegacyKind, 0);
      checkStatus(made, 'NCryptCreatePersistedKey', doing);
      const held: HeldKey = { key: expectHandle(out), provider: store, isFreed: false };
      try {
        await finish(cng, held, bits);
        return await describe(cng, held, type);
      } finally {
        if (!held.isFreed) await cng.NCryptFreeObject(held.key);
      }
    });
  }

  /** `null`: none of the providers has the key. One that does not answer now may have it, and then that is the error. */
  async #withKey<T>(id: string, doing: string, use: UseOfKey<T>): Promise<T | null> {
    const name = nameOf(id);
    let notReady: OsKeyError | null = null;
    for (const provider of providers) {
      try {
        const found = await this.#withProvider(provider, (cng, store) =>
          useKey(cng, { store, name, doing }, use),
        );
        if (found !== null) return found.value;
      } catch (error) {
        const reason = reasonOfOpening(error);
        if (reason === 'not-ready' && error instanceof OsKeyError) notReady = error;
        // A computer without a TPM is one, without software providers it is broken.
        else if (reason !== 'absent' || provider !== providers[0]) throw error;
      }
    }
    if (notReady !== null) throw notReady;
    return null;
  }

  async #withProvider<T>(
    provider: Provider,
    use: (cng: CngFunctions, store: CngHandle) => Promise<T>,
  ): Promise<T> {
    const cng = await (this.#cng ??= this.#load());
    const out: Out<CngHandle> = [0];
    const opened = await cng.NCryptOpenStorageProvider(out, provider, 0);
    checkStatus(opened, 'NCryptOpenStorageProvider', `opening the ${provider}`);
    const store = expectHandle(out);
    try {
      return await use(cng, store);
    } finally {
      await cng.NCryptFreeObject(store);
    }
  }
}

type UseOfKey<T> = (cng: CngFunctions, held: HeldKey) => Promise<T>;

interface HeldKey {
  readonly key: CngHandle;
  readonly provider: CngHandle;
  /** NCryptDeleteKey did. */
  isFreed: boolean;
}

/** `null`: no key by that name in that provider. */
async function useKey<T>(
  cng: CngFunctions,
  { store, name, doing }: { store: CngHandle; name: string; doing: string },
  use: UseOfKey<T>,
): Promise<{ value: T } | null> {
  const out: Out<CngHandle> = [0];
  const opened = await cng.NCryptOpenKey(store, out, name, noLegacyKind, silent);
  if (isNotFound(opened)) return null;
  checkStatus(opened, 'NCryptOpenKey', doing);
  const held: HeldKey = { key: expectHandle(out), provider: store, isFreed: false };
  try {
    return { value: await use(cng, held) };
  } finally {
    if (!held.isFreed) await cng.NCryptFreeObject(held.key);
  }
}

/** Why provider or key could not be opened; `undefined`: what went wrong was something else. */
function reasonOfOpening(error: unknown): OsKeyError['reason'] | undefined {
  if (!(error instanceof OsKeyError)) return undefined;
  const isOpening = error.call === 'NCryptOpenStorageProvider' || error.call === 'NCryptOpenKey';
  return isOpening ? error.reason : undefined;
}

/** What goes before NCryptFinalizeKey, which makes the key and keeps it; an error before leaves nothing behind. */
async function finish(
  cng: CngFunctions,
  { key }: HeldKey,
  bits: number | undefined,
): Promise<void> {
  const doing = 'making a key';
  if (bits !== undefined) {
    const set = await cng.NCryptSetProperty(key, 'Length', dword(bits), 4, silent);
    checkStatus(set, 'NCryptSetProperty', doing);
  }
  // NCRYPT_EXPORT_POLICY_PROPERTY without any NCRYPT_ALLOW_ flag. A provider whose keys never leave it may not know the
  // property; what counts is what it says afterwards.
  await cng.NCryptSetProperty(key, 'Export Policy', dword(0), 4, (persist | silent) >>> 0);
  checkStatus(await cng.NCryptFinalizeKey(key, silent), 'NCryptFinalizeKey', doing);
}

/** A key that was made, and is what was asked for; one that is not is removed. */
async function describe(cng: CngFunctions, held: HeldKey, type: OsKeyType): Promise<OsKey> {
  try {
    const policy = await readDword(cng, held.key, 'Export Policy');
    if (policy !== 0) throw new OsKeyError({ reason: 'exportable' }, 'making a key');
    const publicKey = publicKeyOf(publicKeyFromBlob(await exportPublic(cng, held.key)));
    if (publicKey.type !== type)
      throw unusable(`a key for ${publicKey.type}, not ${type}, was made`);
    return { ...publicKey, protection: await protectionOf(cng, held.provider) };
  } catch (error) {
    held.isFreed = true;
    const deleted = await cng.NCryptDeleteKey(held.key, silent);
    if (deleted === 0) throw error;
    throw new OsKeyError({ reason: 'failed', call: 'NCryptDeleteKey' }, 'removing what was made', {
      cause: error,
    });
  }
}

async function exportPublic(cng: CngFunctions, key: CngHandle): Promise<Buffer> {
  const blobType = (await readText(cng, key, 'Algorithm Group')) === 'RSA' ? 'RSA' : 'ECC';
  const blob = Buffer.alloc(longestBlob);
  const size: Out<number> = [0];
  const exported = await cng.NCryptExportKey(
    key,
    0,
    `${blobType}PUBLICBLOB`,
    null,
    blob,
    blob.length,
    size,
    silent,
  );
  checkStatus(exported, 'NCryptExportKey', 'reading a public key');
  return filled(blob, size);
}

async function signHash(
  cng: CngFunctions,
  key: CngHandle,
  { digest, algorithm }: { digest: Uint8Array; algorithm: OsSignatureAlgorithm },
): Promise<Uint8Array> {
  const signature = Buffer.alloc(longestSignature);
  const size: Out<number> = [0];
  const isRsa = algorithm === 'RS256';
  const signed = await cng.NCryptSignHash(
    key,
    isRsa ? { pszAlgId: 'SHA256' } : null,
    Buffer.from(digest),
    digest.length,
    signature,
    signature.length,
    size,
    isRsa ? pkcs1 | silent : silent,
  );
  checkStatus(signed, 'NCryptSignHash', 'signing');
  // CNG's ECDSA signatures are r‖s already (RFC 7518 §3.4).
  return Uint8Array.from(filled(signature, size));
}

/** NCRYPT_IMPL_TYPE_PROPERTY is the provider's; one that does not say is taken for software. */
async function protectionOf(cng: CngFunctions, provider: CngHandle): Promise<OsKey['protection']> {
  const value = Buffer.alloc(4);
  const size: Out<number> = [0];
  const status = await cng.NCryptGetProperty(provider, 'Impl Type', value, 4, size, silent);
  if (status !== 0 || size[0] !== 4) return 'system';
  return (value.readUInt32LE() & hardware) === 0 ? 'system' : 'hardware';
}

async function readDword(cng: CngFunctions, object: CngHandle, name: string): Promise<number> {
  const value = await readProperty(cng, object, name);
  if (value.length !== 4) throw unusable(`the property ${name} is no DWORD`);
  return value.readUInt32LE();
}

/** UTF-16 that ends with a zero. */
async function readText(cng: CngFunctions, object: CngHandle, name: string): Promise<string> {
  const value = await readProperty(cng, object, name);
  return value.toString('utf16le').replace(/\0.*$/s, '');
}

async function readProperty(cng: CngFunctions, object: CngHandle, name: string): Promise<Buffer> {
  const value = Buffer.alloc(256);
  const size: Out<number> = [0];
  const status = await cng.NCryptGetProperty(object, name, value, value.length, size, silent);
  checkStatus(status, 'NCryptGetProperty', `reading the property ${name} of a key`);
  return filled(value, size);
}

/** What was written of a buffer; the size is C's word, and checked. */
function filled(buffer: Buffer, [size]: Out<number>): Buffer {
  if (size > 0 && size <= buffer.length) return buffer.subarray(0, size);
  throw unusable(`${size} octets of ${buffer.length} were written`);
}

function expectHandle([handle]: Out<CngHandle>): CngHandle {
  if (BigInt(handle) !== 0n) return handle;
  throw unusable('a call that went well gave no handle');
}

function dword(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

/** The provider is not there, or cannot hold such a key: another may. */
const isIncapable = (error: unknown): boolean =>
  error instanceof OsKeyError && ['absent', 'not-ready', 'not-supported'].includes(error.reason);
