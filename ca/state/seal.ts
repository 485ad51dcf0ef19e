import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StateError } from './rows.ts';

/** Makes secrets unreadable in the database. */
export type Seal = {
  /** `place`: where the secret is kept, so that it cannot stand in for another. */
  close(secret: Buffer, place: string): Buffer;
  /** Throws StateError for what was not closed with this key at this place. */
  open(sealed: Buffer, place: string): Buffer;
};

const CIPHER = 'aes-256-gcm';
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** AES-256-GCM with the place as additional data; `key` has 32 bytes. */
export function createSeal(key: Buffer): Seal {
  const options = { authTagLength: TAG_LENGTH };
  return {
    close(secret, place) {
      const nonce = randomBytes(NONCE_LENGTH);
      const cipher = createCipheriv(CIPHER, key, nonce, options).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, place) {
      const nonce = sealed.subarray(0, NONCE_LENGTH);
      const tag = sealed.subarray(NONCE_LENGTH, NONCE_LENGTH + TAG_LENGTH);
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce, options);
        decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
        const secret = decipher.update(sealed.subarray(NONCE_LENGTH + TAG_LENGTH));
        return Buffer.concat([secret, decipher.final()]);
      } catch (cause) {
        throw new StateError('a secret in the state does not open with its key', { cause });
      }
    },
  };
}
