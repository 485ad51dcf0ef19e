import type { KeyType } from '../../../shared/models/enrollment-profile.ts';
import type { SignatureAlgorithm } from '../signer.ts';

/** Key types that an operating system makes, of those that the wallet uses. */
export type OsKeyType = Exclude<KeyType, 'Ed25519'>;
export type OsSignatureAlgorithm = Extract<SignatureAlgorithm, 'ES256' | 'ES384' | 'RS256'>;

export interface OsKey {
  readonly type: OsKeyType;
  /** DER SubjectPublicKeyInfo. */
  readonly publicSpki: Uint8Array;
  /** `hardware`: in a TPM or Secure Enclave. `system`: out of this program's reach, in software of the operating system. */
  readonly protection: 'hardware' | 'system';
}

/** Keys that the operating system keeps for this person and never gives away. Every method rejects with `OsKeyError`. */
export interface OsKeyStore {
  readonly types: readonly OsKeyType[];
  /** In hardware where there is some that can; `exists` when there is a key by that id. */
  create(key: { readonly id: string; readonly type: OsKeyType }): Promise<OsKey>;
  find(id: string): Promise<OsKey | null>;
  /** The signature of a digest as JOSE has it (RFC 7518 §3.3, §3.4); `not-found` without such a key. */
  sign(id: string, digest: Uint8Array, algorithm: OsSignatureAlgorithm): Promise<Uint8Array>;
  /** For good; a key that is not there is no error. */
  remove(id: string): Promise<void>;
}

/** What a key is called in the store; ids are the wallet's own, and go to C as text that ends with a zero. */
export function nameOf(id: string): string {
  if (!/^[0-9A-Za-z-]{1,64}$/.test(id)) throw new TypeError('no id of a key of the wallet');
  return `org.countersign.${id}`;
}

const digestLengths: Readonly<Record<OsSignatureAlgorithm, number>> = {
  ES256: 32,
  ES384: 48,
  RS256: 32,
};

export function expectDigest(digest: Uint8Array, algorithm: OsSignatureAlgorithm): void {
  if (digest.length === digestLengths[algorithm]) return;
  throw new TypeError(`${digest.length} octets are no digest for ${algorithm}`);
}
