import type { SecretStore } from './secret-store.ts';

/** Seals small secrets for the disk with a key that only the operating system's secret store holds. */
export interface Sealer {
  /** `context` names what is sealed; the same text must be given to `unseal`. The caller zero-fills `plaintext`. */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  /** Throws `KeystoreError` `damaged` when `sealed` was changed, moved to another context, or its master key is gone. The caller zero-fills the result. */
  unseal(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** Remembers beside the sealed data which master key sealed it. Implemented by the wallet database. */
export interface MasterKeyRecord {
  /** `null` as long as nothing was ever sealed. */
  read(): string | null;
  write(masterKeyId: string): void;
}

export interface SealerOptions {
  readonly secrets: SecretStore;
  readonly record: MasterKeyRecord;
}
