import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { StatusError, status } from './piv-apdu.ts';
import { tlv, valueOf, type Tlv } from './piv-tlv.ts';

/** Algorithms of SP 800-78-4 table 6-2 that a management key may have; 00 is another name for 3DES. */
const ciphers: ReadonlyMap<number, { readonly name: string; readonly block: number }> = new Map([
  [0x00, { name: 'des-ede3-ecb', block: 8 }],
  [0x03, { name: 'des-ede3-ecb', block: 8 }],
  [0x08, { name: 'aes-128-ecb', block: 16 }],
  [0x0a, { name: 'aes-192-ecb', block: 16 }],
  [0x0c, { name: 'aes-256-ecb', block: 16 }],
]);

/** Who may write: GENERAL AUTHENTICATE with the card management key, SP 800-73-4 part 2 appendix A.1 and A.2. */
export class ManagementAuthentication {
  isDone = false;
  #challenge: Buffer | null = null;
  #witness: Buffer | null = null;

  /** The answer to one message of either exchange; `StatusError` when somebody does not know the key. */
  step(
    key: { readonly algorithm: number; readonly value: string },
    message: readonly Tlv[],
  ): Buffer {
    const cipher = ciphers.get(key.algorithm);
    if (cipher === undefined) throw new StatusError(status.wrongParameters);
    const secret = Buffer.from(key.value, 'hex');
    const witness = valueOf(0x80, message);
    const challenge = valueOf(0x81, message);
    const response = valueOf(0x82, message);
    if (witness?.length === 0) {
      this.#begin();
      this.#witness = randomBytes(cipher.block);
      return tlv(0x7c, tlv(0x80, encrypt(cipher.name, secret, this.#witness)));
    }
    if (challenge?.length === 0) {
      this.#begin();
      this.#challenge = randomBytes(cipher.block);
      return tlv(0x7c, tlv(0x81, this.#challenge));
    }
    if (witness !== undefined && challenge !== undefined) {
      this.#finish(this.#witness, witness);
      if (challenge.length !== cipher.block) throw new StatusError(status.wrongData);
      return tlv(0x7c, tlv(0x82, encrypt(cipher.name, secret, challenge)));
    }
    if (response?.length !== cipher.block) throw new StatusError(status.wrongData);
    this.#finish(this.#challenge, decrypt(cipher.name, secret, response));
    return Buffer.alloc(0);
  }

  reset(): void {
    this.#begin();
  }

  #begin(): void {
    this.isDone = false;
    this.#challenge = null;
    this.#witness = null;
  }

  #finish(expected: Buffer | null, given: Buffer): void {
    this.#begin();
    if (expected?.length !== given.length || !timingSafeEqual(expected, given)) {
      throw new StatusError(status.securityNotSatisfied);
    }
    this.isDone = true;
  }
}

function encrypt(name: string, key: Buffer, block: Buffer): Buffer {
  return createCipheriv(name, key, null).setAutoPadding(false).update(block);
}

function decrypt(name: string, key: Buffer, block: Buffer): Buffer {
  return createDecipheriv(name, key, null).setAutoPadding(false).update(block);
}
