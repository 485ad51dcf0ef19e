import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Electron from 'electron';
import { guardedClass } from './guard.ts';
import type { Settings } from './settings.ts';

export type SafeStorageOptions = {
  readonly keyring: Settings['keyring'];
  readonly isReady: () => boolean;
  /** Where the key is kept, in the place of the system's secret store. */
  readonly directory: () => string;
};

type Members = Pick<
  Electron.SafeStorage,
  | 'decryptStringAsync'
  | 'encryptStringAsync'
  | 'getSelectedStorageBackend'
  | 'isAsyncEncryptionAvailable'
>;

const PREFIX = Buffer.from('v11');
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
// Chromium falls back to a key that is in its source, and calls that available.
const FALLBACK_KEY = Buffer.alloc(32, 'peanuts');

/** `safeStorage`, the asynchronous half only: the other is on its way out of Electron. */
export class SafeStorage implements Members {
  readonly #options: SafeStorageOptions;

  constructor(options: SafeStorageOptions) {
    this.#options = options;
  }

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    this.#check();
    return Promise.resolve(true);
  }

  getSelectedStorageBackend(): 'basic_text' | 'gnome_libsecret' | 'unknown' {
    if (!this.#options.isReady()) return 'unknown';
    return this.#options.keyring === 'none' ? 'basic_text' : 'gnome_libsecret';
  }

  async encryptStringAsync(text: string): Promise<Buffer> {
    this.#check();
    const iv = randomBytes(IV_LENGTH);
    const cipher = createCipheriv('aes-256-gcm', this.#key(), iv);
    const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Promise.resolve(Buffer.concat([PREFIX, iv, content, cipher.getAuthTag()]));
  }

  async decryptStringAsync(encrypted: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    this.#check();
    if (this.#options.keyring === 'locked') {
      throw new Error('Encryption is temporarily unavailable');
    }
    if (!encrypted.subarray(0, PREFIX.length).equals(PREFIX)) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.');
    }
    const iv = encrypted.subarray(PREFIX.length, PREFIX.length + IV_LENGTH);
    const content = encrypted.subarray(PREFIX.length + IV_LENGTH, -TAG_LENGTH);
    const cipher = createDecipheriv('aes-256-gcm', this.#key(), iv);
    cipher.setAuthTag(encrypted.subarray(-TAG_LENGTH));
    const result = Buffer.concat([cipher.update(content), cipher.final()]).toString('utf8');
    return Promise.resolve({ result, shouldReEncrypt: false });
  }

  #check(): void {
    if (!this.#options.isReady()) {
      throw new Error('safeStorage cannot be used before app is ready');
    }
  }

  #key(): Buffer {
    if (this.#options.keyring === 'none') return FALLBACK_KEY;
    const path = join(this.#options.directory(), 'standin-keyring');
    try {
      return readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const key = randomBytes(32);
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  }
}

guardedClass('safeStorage', SafeStorage);
