import type { Failure } from '../../shared/failure.ts';

/** Something about an approval that came to nothing; `failure` is what the person is told. */
export class ApprovalError extends Error {
  readonly code = 'approval';
  readonly failure: Failure;

  constructor(failure: Failure, doing: string, options?: ErrorOptions) {
    super(`${doing}: ${failure.code}`, options);
    this.failure = failure;
  }
}
