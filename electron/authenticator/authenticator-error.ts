import type { AuthenticatorFault } from '../../shared/failure.ts';

/** Why the wallet's own authenticator makes no code; never with what it was given. */
export class AuthenticatorError extends Error {
  override readonly name = 'AuthenticatorError';
  /** `unreadable`: what was to be kept is no set-up of an authenticator. `not-allowed`: by the managed policy. */
  readonly code: AuthenticatorFault;

  constructor(code: AuthenticatorFault, message: string) {
    super(message);
    this.code = code;
  }
}
