import type { AsyncEntry } from '@napi-rs/keyring';
import { secretServiceFault } from './secret-service-fault.ts';
import { KeystoreError, type SecretStore } from './secret-store.ts';

/** The Secret Service of a Linux desktop: GNOME Keyring, KWallet, KeePassXC. */
export class SecretServiceStore implements SecretStore {
  readonly #service: string;

  /** `service` is the attribute by which the desktop's own tools show whose secrets these are. */
  constructor(service: string) {
    this.#service = service;
  }

  async read(name: string): Promise<Uint8Array | null> {
    const found = await this.#do(`reading the secret ${name}`, name, (entry) => entry.getSecret());
    if (found === null) {
      await this.#confirmOpen();
      return null;
    }
    const secret = Uint8Array.from(found);
    found.fill(0);
    return secret;
  }

  async write(name: string, secret: Uint8Array): Promise<void> {
    await this.#do(`keeping the secret ${name}`, name, (entry) => entry.setSecret(secret));
  }

  async remove(name: string): Promise<void> {
    await this.#do(`removing the secret ${name}`, name, (entry) => entry.deleteCredential());
  }

  /**
   * A locked or absent collection answers a search by "nothing found", like an open one.
   * Only a write tells them apart, and makes the desktop ask for the keyring's password where it can.
   */
  async #confirmOpen(): Promise<void> {
    const doing = 'asking whether the secret store is open';
    await this.#do(doing, 'open', (entry) => entry.setSecret(Uint8Array.of(1)));
    await this.#do(doing, 'open', (entry) => entry.deleteCredential());
  }

  async #do<T>(
    doing: string,
    name: string,
    operation: (entry: AsyncEntry) => Promise<T>,
  ): Promise<T> {
    try {
      const keyring = await import('@napi-rs/keyring');
      // Unless pinned, the library falls back to the kernel's keyring, which forgets everything at reboot.
      const entry = new keyring.AsyncEntry(this.#service, name, {
        linux: { store: 'secret-service' },
      });
      return await operation(entry);
    } catch (error) {
      throw new KeystoreError(secretServiceFault(error), doing, { cause: error });
    }
  }
}
