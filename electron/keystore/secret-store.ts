/**
 * The operating system's secret store, reduced to what the wallet needs: one small secret by name.
 * Every method throws `KeystoreError` when the store is absent, locked or refuses.
 */
export interface SecretStore {
  /** `null` only when the store is open and holds nothing by that name. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, secret: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

export type KeystoreFault = 'absent' | 'locked' | 'denied' | 'damaged';

export class KeystoreError extends Error {
  readonly code = 'keystore';
  readonly reason: KeystoreFault;

  constructor(reason: KeystoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeystoreError';
    this.reason = reason;
  }
}
