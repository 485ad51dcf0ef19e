import type { WalletStorageFault } from '../../shared/failure.ts';

/** The wallet's file cannot be used; it is left exactly as it was found. */
export class WalletError extends Error {
  readonly code = 'wallet';
  readonly reason: WalletStorageFault;

  constructor(reason: WalletStorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WalletError';
    this.reason = reason;
  }
}
