export type WalletFault = 'unreadable' | 'not-writable' | 'newer-version' | 'in-use';

/** The wallet's file cannot be used; it is left exactly as it was found. */
export class WalletError extends Error {
  readonly code = 'wallet';
  readonly reason: WalletFault;

  constructor(reason: WalletFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WalletError';
    this.reason = reason;
  }
}
