import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { Sealer } from '../keystore/sealer.ts';
import type { Signer } from './signer.ts';

export interface SealedKey {
  readonly id: string;
  readonly type: KeyType;
  /** PKCS #8, sealed. */
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

/** Private keys that live in this computer's memory while used and sealed on its disk. */
export interface KeyRing {
  /** Makes a key, seals and stores it; resolves to its id: the one given, which a journal may know already, or a new one. */
  generate(type: KeyType, id?: string): Promise<string>;
  signer(keyId: string): Promise<Signer>;
  /** DER PKCS #8 in clear, for installing and exporting: the caller must zero-fill it. */
  exportPkcs8(keyId: string): Promise<Uint8Array>;
  /** Removes the sealed key for good; a key that is not there is no error. */
  remove(keyId: string): Promise<void>;
}

/** What main.ts calls: `new SoftwareKeys(options)` is a `KeyRing`. */
export type SoftwareKeysConstructor = new (options: SoftwareKeysOptions) => KeyRing;
