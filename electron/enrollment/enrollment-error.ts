import type { Failure } from '../../shared/failure.ts';

/** An enrolment cannot go on as asked; `failure` is what the person is told. */
export class EnrollmentError extends Error {
  readonly code = 'enrollment';
  readonly failure: Failure;

  constructor(failure: Failure, doing: string, options?: ErrorOptions) {
    super(`${doing}: ${failure.code}`, options);
    this.name = 'EnrollmentError';
    this.failure = failure;
  }

  toFailure(): Failure {
    return this.failure;
  }
}
