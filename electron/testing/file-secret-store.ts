import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeystoreError, type KeystoreFault, type SecretStore } from '../keystore/secret-store.ts';

/** A secret store that outlives a process that is killed, and fails on demand. */
export class FileSecretStore implements SecretStore {
  /** Every operation throws this, like a store that was locked meanwhile; `null`: it works. */
  fault: KeystoreFault | null = null;
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  read(name: string): Promise<Uint8Array | null> {
    const path = join(this.#directory, name);
    return this.#do(() => (existsSync(path) ? new Uint8Array(readFileSync(path)) : null));
  }

  write(name: string, secret: Uint8Array): Promise<void> {
    return this.#do(() => writeFileSync(join(this.#directory, name), secret));
  }

  remove(name: string): Promise<void> {
    return this.#do(() => rmSync(join(this.#directory, name), { force: true }));
  }

  #do<T>(operation: () => T): Promise<T> {
    return this.fault === null
      ? Promise.resolve(operation())
      : Promise.reject(new KeystoreError(this.fault, 'as the test told'));
  }
}
