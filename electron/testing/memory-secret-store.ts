import { KeystoreError, type KeystoreFault, type SecretStore } from '../keystore/secret-store.ts';

/** A secret store that forgets everything with the test, and fails on demand. */
export class MemorySecretStore implements SecretStore {
  /** Every operation throws this, like a store that was locked meanwhile; `null`: it works. */
  fault: KeystoreFault | null = null;
  readonly #secrets = new Map<string, Uint8Array>();

  read(name: string): Promise<Uint8Array | null> {
    return this.#do(() => this.#secrets.get(name)?.slice() ?? null);
  }

  write(name: string, secret: Uint8Array): Promise<void> {
    return this.#do(() => void this.#secrets.set(name, Uint8Array.from(secret)));
  }

  remove(name: string): Promise<void> {
    return this.#do(() => void this.#secrets.delete(name));
  }

  #do<T>(operation: () => T): Promise<T> {
    return this.fault === null
      ? Promise.resolve(operation())
      : Promise.reject(new KeystoreError(this.fault, 'as the test told'));
  }
}
