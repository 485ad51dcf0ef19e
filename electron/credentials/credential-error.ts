import type { Failure } from '../../shared/failure.ts';

/** Something asked of a credential cannot be done; `failure` is what the person is told. */
export class CredentialError extends Error {
  readonly code = 'credential';
  readonly failure: Failure;

  constructor(failure: Failure, doing: string, options?: ErrorOptions) {
    super(`${doing}: ${failure.code}`, options);
    this.name = 'CredentialError';
    this.failure = failure;
  }

  toFailure(): Failure {
    return this.failure;
  }
}
