/** Sealed private keys by id. */
export interface SealedKeys {
  put(keyId: string, sealed: Uint8Array): void;
  get(keyId: string): Uint8Array | undefined;
  remove(keyId: string): void;
}
