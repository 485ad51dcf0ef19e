/** The person does not want the enrolment any more. */
export class CancelledError extends Error {
  readonly code = 'cancelled';

  constructor() {
    super('the enrolment was cancelled');
    this.name = 'CancelledError';
  }
}

/** The wallet is closing; the enrolment goes on when it is opened again. */
export class ClosedError extends Error {
  readonly code = 'closed';

  constructor() {
    super('the wallet is closing');
    this.name = 'ClosedError';
  }
}
