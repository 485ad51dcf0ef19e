import type { DocumentFault, TimestampFault } from '../../shared/models/signing.ts';

/** A document is not signed; nothing was written. */
export class DocumentError extends Error {
  readonly code = 'document';
  readonly reason: DocumentFault;

  constructor(reason: DocumentFault, doing: string, options?: ErrorOptions) {
    super(`${doing}: ${reason}`, options);
    this.name = 'DocumentError';
    this.reason = reason;
  }
}

/** What a timestamp server said does not count. */
export class TimestampError extends Error {
  readonly code = 'timestamp';
  readonly reason: TimestampFault;
  /** Who said it. */
  readonly host: string;

  constructor(reason: TimestampFault, host: string, options?: ErrorOptions) {
    super(`a timestamp of ${host}: ${reason}`, options);
    this.name = 'TimestampError';
    this.reason = reason;
    this.host = host;
  }
}
