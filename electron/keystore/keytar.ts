import { KeystoreError, type SecretStore } from './secret-store.ts';

type Keytar = typeof import('keytar');

/**
 * The Keychain of macOS and the Credential Manager of Windows.
 * Not for Linux: there it answers "nothing" for a locked keyring, and a wallet would make a second master key.
 */
export class KeytarStore implements SecretStore {
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  async read(name: string): Promise<Uint8Array | null> {
    const found = await this.#do(`reading the secret ${name}`, (keytar) =>
      keytar.getPassword(this.#service, name),
    );
    return found === null ? null : fromBase64(found, name);
  }

  async write(name: string, secret: Uint8Array): Promise<void> {
    await this.#do(`keeping the secret ${name}`, (keytar) =>
      keytar.setPassword(this.#service, name, Buffer.from(secret).toString('base64')),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#do(`removing the secret ${name}`, (keytar) =>
      keytar.deletePassword(this.#service, name),
    );
  }

  async #do<T>(doing: string, operation: (keytar: Keytar) => Promise<T>): Promise<T> {
    const keytar = await load();
    try {
      return await operation(keytar);
    } catch (error) {
      // The texts are the operating system's, in its language, and carry no code.
      throw new KeystoreError('denied', doing, { cause: error });
    }
  }
}

/** On the first use, so that Linux never loads it. */
async function load(): Promise<Keytar> {
  try {
    return (await import('keytar')).default;
  } catch (error) {
    throw new KeystoreError('absent', 'loading the secret store', { cause: error });
  }
}

function fromBase64(text: string, name: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new KeystoreError('damaged', `the secret ${name} is not what was kept`);
  }
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
