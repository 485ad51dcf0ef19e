import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { KeystoreError, type SecretStore } from './secret-store.ts';

/** Seals small secrets for the disk under a master key that only the operating system's secret store holds. */
export interface Sealer {
  /** `context` names what is sealed; `unseal` needs the same text. The caller zero-fills `plaintext`. */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  /**
   * Throws `KeystoreError` `damaged` when `sealed` was changed or moved to another context, or when the
   * secret store does not hold the master key that sealed it. The caller zero-fills the result.
   */
  unseal(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** Remembers, beside the sealed data, which master key sealed it. Implemented by the wallet database. */
export interface MasterKeyRecord {
  /** Under which name the secret store keeps the key; no other wallet of this person may have the same. */
  readonly secretName: string;
  /** `null` as long as nothing was ever sealed. */
  read(): string | null;
  write(masterKeyId: string): void;
}

export interface SealerOptions {
  readonly secrets: SecretStore;
  readonly record: MasterKeyRecord;
}

const masterKeyLength = 32;
// AES-GCM with random nonces of 96 bits: NIST SP 800-38D §8.2.2 allows 2^32 of them under one key.
const cipherName = 'aes-256-gcm';
const version = 1;
const nonceLength = 12;
const tagLength = 16;
const shortest = 1 + nonceLength + tagLength;

/**
 * Seals by AES-256-GCM: version byte ‖ nonce ‖ ciphertext ‖ tag, with version and context as additional data.
 * Makes the master key on the first seal, and never a second one while the record names another:
 * that would orphan all that was sealed before.
 */
export class AesGcmSealer implements Sealer {
  readonly #secrets: SecretStore;
  readonly #record: MasterKeyRecord;
  #firstKey: Promise<void> | null = null;

  constructor({ secrets, record }: SealerOptions) {
    this.#secrets = secrets;
    this.#record = record;
  }

  async seal(plaintext: Uint8Array, context: string): Promise<Uint8Array> {
    if (this.#record.read() === null) await this.#settleMasterKey();
    return this.#withMasterKey((key) => encrypt(key, plaintext, context));
  }

  async unseal(sealed: Uint8Array, context: string): Promise<Uint8Array> {
    return this.#withMasterKey((key) => decrypt(key, sealed, context));
  }

  /** The key is fetched each time, so that locking the secret store locks the wallet's keys. */
  async #withMasterKey<T>(use: (key: Uint8Array) => T): Promise<T> {
    const key = await this.#secrets.read(this.#record.secretName);
    const expected = this.#record.read();
    if (key?.length !== masterKeyLength || idOf(key) !== expected) {
      key?.fill(0);
      throw new KeystoreError('damaged', 'the secret store does not hold the master key');
    }
    try {
      return use(key);
    } finally {
      key.fill(0);
    }
  }

  /** Two first seals at once must not make two keys. */
  async #settleMasterKey(): Promise<void> {
    this.#firstKey ??= this.#adoptOrCreateMasterKey();
    try {
      await this.#firstKey;
    } finally {
      this.#firstKey = null;
    }
  }

  /** A key that lies there already is ours from a start that ended before the record was written. */
  async #adoptOrCreateMasterKey(): Promise<void> {
    const name = this.#record.secretName;
    const key = (await this.#secrets.read(name)) ?? (await this.#createMasterKey(name));
    try {
      if (key.length !== masterKeyLength) {
        throw new KeystoreError('damaged', 'the secret store holds no master key under its name');
      }
      this.#record.write(idOf(key));
    } finally {
      key.fill(0);
    }
  }

  /** Read back, because the record must never name a key that the store did not keep. */
  async #createMasterKey(name: string): Promise<Uint8Array> {
    const made = randomBytes(masterKeyLength);
    try {
      await this.#secrets.write(name, made);
      const kept = await this.#secrets.read(name);
      if (kept === null || !made.equals(kept)) {
        kept?.fill(0);
        throw new KeystoreError('denied', 'the secret store did not keep the master key');
      }
      return kept;
    } finally {
      made.fill(0);
    }
  }
}

/** One-way, so it may lie beside the sealed data. */
function idOf(masterKey: Uint8Array): string {
  return createHmac('sha256', masterKey).update('master key id').digest('hex').slice(0, 32);
}

function encrypt(key: Uint8Array, plaintext: Uint8Array, context: string): Uint8Array {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(additionalData(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Uint8Array.from(
    Buffer.concat([Uint8Array.of(version), nonce, ciphertext, cipher.getAuthTag()]),
  );
}

function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  if (sealed.length < shortest || sealed[0] !== version) {
    throw new KeystoreError('damaged', `what is sealed as ${context} is not readable`);
  }
  const nonce = sealed.subarray(1, 1 + nonceLength);
  const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagLength });
  decipher.setAAD(additionalData(context));
  decipher.setAuthTag(sealed.subarray(-tagLength));
  const plaintext = decipher.update(sealed.subarray(1 + nonceLength, -tagLength));
  try {
    decipher.final();
  } catch (error) {
    plaintext.fill(0);
    throw new KeystoreError('damaged', `unsealing ${context}`, { cause: error });
  }
  const result = Uint8Array.from(plaintext);
  plaintext.fill(0);
  return result;
}

function additionalData(context: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(version), Buffer.from(context, 'utf8')]);
}
