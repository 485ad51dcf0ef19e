import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import { OsKeyError } from './os/os-key-error.ts';
import type { OsKey, OsKeyStore, OsKeyType, OsSignatureAlgorithm } from './os/os-key-store.ts';
import type { Signer } from './signer.ts';
import { KeyNotFoundError } from './software-keys.ts';

export interface OsKeysOptions {
  readonly store: OsKeyStore;
  readonly randomUuid: () => string;
}

/** Keys that the operating system keeps and never gives away: the part of a `KeyRing` for the place `os`. */
export class OsKeys {
  readonly #store: OsKeyStore;
  readonly #randomUuid: () => string;

  constructor({ store, randomUuid }: OsKeysOptions) {
    this.#store = store;
    this.#randomUuid = randomUuid;
  }

  /** What it can make. */
  get types(): readonly OsKeyType[] {
    return this.#store.types;
  }

  /** Resolves to the id: the one given, or a new one. `OsKeyError`: there is no such key. */
  async generate(type: KeyType, id = this.#randomUuid()): Promise<string> {
    const offered = this.types.find((each) => each === type);
    if (offered === undefined) {
      throw new OsKeyError({ reason: 'not-supported' }, `making a key of the type ${type}`);
    }
    await this.#store.create({ id, type: offered });
    return id;
  }

  /** `null`: no key by that id. */
  find(keyId: string): Promise<OsKey | null> {
    return this.#store.find(keyId);
  }

  async signer(keyId: string): Promise<Signer> {
    const key = await this.#store.find(keyId);
    if (key === null) throw new KeyNotFoundError(keyId);
    return new OsKeySigner(this.#store, keyId, key);
  }

  /** For good; a key that is not there is no error. */
  remove(keyId: string): Promise<void> {
    return this.#store.remove(keyId);
  }
}

const algorithms: Readonly<Record<OsKeyType, OsSignatureAlgorithm>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'RSA-2048': 'RS256',
  'RSA-3072': 'RS256',
  'RSA-4096': 'RS256',
};

class OsKeySigner implements Signer {
  readonly algorithm: OsSignatureAlgorithm;
  readonly publicJwk: Signer['publicJwk'];
  readonly publicSpki: Uint8Array;
  readonly #store: OsKeyStore;
  readonly #keyId: string;
  readonly #publicKey: KeyObject;

  constructor(store: OsKeyStore, keyId: string, { type, publicSpki }: OsKey) {
    this.#store = store;
    this.#keyId = keyId;
    this.#publicKey = createPublicKey({
      key: Buffer.from(publicSpki),
      format: 'der',
      type: 'spki',
    });
    this.algorithm = algorithms[type];
    this.publicSpki = publicSpki;
    this.publicJwk = this.#publicKey.export({ format: 'jwk' });
  }

  /** What the system returns is verified: a signature that is none would cost an order at the CA. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    const hash = this.algorithm === 'ES384' ? 'sha384' : 'sha256';
    const digest = createHash(hash).update(data).digest();
    const signature = await this.#store.sign(this.#keyId, digest, this.algorithm);
    const key = { key: this.#publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (verify(hash, data, key, signature)) return signature;
    throw new OsKeyError({ reason: 'unusable' }, 'signing');
  }
}
