import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { Sealer } from '../keystore/sealer.ts';
import { KeyObjectSigner } from './key-object-signer.ts';
import type { Signer } from './signer.ts';

export interface SealedKey {
  readonly id: string;
  readonly type: KeyType;
  /** DER PKCS #8, sealed. */
  readonly sealed: Uint8Array;
}

/** Where sealed keys lie. Implemented by the wallet database. */
export interface SealedKeyStore {
  put(key: SealedKey): void;
  get(id: string): SealedKey | null;
  remove(id: string): void;
}

export interface SoftwareKeysOptions {
  readonly sealer: Sealer;
  readonly store: SealedKeyStore;
  readonly randomUuid: () => string;
}

/** No key by that id in the store. */
export class KeyNotFoundError extends Error {
  readonly code = 'key-not-found';
  readonly keyId: string;

  constructor(keyId: string) {
    super(`no key ${keyId}`);
    this.name = 'KeyNotFoundError';
    this.keyId = keyId;
  }
}

/** Keys that lie sealed on this computer's disk and are in its memory only while they are used. */
export class SoftwareKeys {
  readonly #sealer: Sealer;
  readonly #store: SealedKeyStore;
  readonly #randomUuid: () => string;

  constructor({ sealer, store, randomUuid }: SoftwareKeysOptions) {
    this.#sealer = sealer;
    this.#store = store;
    this.#randomUuid = randomUuid;
  }

  has(keyId: string): boolean {
    return this.#store.get(keyId) !== null;
  }

  /**
   * Makes and stores a key; resolves to its id: the one given, which a journal may know already, or a new one.
   * `KeystoreError`: nothing was stored.
   */
  async generate(type: KeyType, id = this.#randomUuid()): Promise<string> {
    const pkcs8 = await generatePkcs8(type);
    try {
      this.#store.put({ id, type, sealed: await this.#sealer.seal(pkcs8, contextOf(id)) });
      return id;
    } finally {
      pkcs8.fill(0);
    }
  }

  async signer(keyId: string): Promise<Signer> {
    const pkcs8 = await this.exportPkcs8(keyId);
    try {
      return new KeyObjectSigner(importPkcs8(pkcs8));
    } finally {
      pkcs8.fill(0);
    }
  }

  /** DER PKCS #8 in clear, for installing and exporting. The caller must zero-fill it after use. */
  async exportPkcs8(keyId: string): Promise<Uint8Array> {
    const key = this.#store.get(keyId);
    if (!key) throw new KeyNotFoundError(keyId);
    return this.#sealer.unseal(key.sealed, contextOf(keyId));
  }

  /** For good; a key that is not there is no error. */
  remove(keyId: string): Promise<void> {
    return new Promise((resolve) => {
      this.#store.remove(keyId);
      resolve();
    });
  }
}

function contextOf(keyId: string): string {
  return `software key ${keyId}`;
}

function importPkcs8(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
    format: 'der',
    type: 'pkcs8',
  });
}

const rsaBits = { 'RSA-2048': 2048, 'RSA-3072': 3072, 'RSA-4096': 4096 } as const;

/** In libuv's thread pool: an RSA key takes a good part of a second. */
function generatePkcs8(type: KeyType): Promise<Buffer> {
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  } as const;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, _publicKey: unknown, pkcs8: Buffer) => {
      if (error) reject(error);
      else resolve(pkcs8);
    };
    if (type === 'Ed25519') generateKeyPair('ed25519', encoding, done);
    else if (type === 'P-256' || type === 'P-384') {
      generateKeyPair('ec', { namedCurve: type, ...encoding }, done);
    } else generateKeyPair('rsa', { modulusLength: rsaBits[type], ...encoding }, done);
  });
}
