/** How a server answered against RFC 8555, or against what this client can accept. */
export type ProtocolFault =
  | 'unexpected-status'
  | 'unexpected-content-type'
  | 'not-json'
  | 'directory-malformed'
  | 'account-malformed'
  | 'orders-malformed'
  | 'order-malformed'
  | 'order-changed'
  | 'authorization-malformed'
  | 'challenge-malformed'
  | 'certificate-malformed'
  | 'token-malformed'
  | 'location-missing'
  | 'nonce-missing'
  | 'nonce-refused'
  /** A URL that is not https, or on an origin that the directory does not name. */
  | 'foreign-url'
  | 'resource-missing'
  /** An object is not in the state that the next step needs, e.g. a valid order without a certificate. */
  | 'unexpected-state';

export interface ProtocolErrorDetails extends ErrorOptions {
  readonly url: string;
  /** The object that the server named in `Location` before it answered badly: it exists and can be fetched. */
  readonly location?: string;
}

/** The server's answer cannot be used. */
export class AcmeProtocolError extends Error {
  readonly code = 'acme-protocol';
  readonly reason: ProtocolFault;
  readonly url: string;
  readonly location: string | undefined;

  constructor(reason: ProtocolFault, doing: string, details: ProtocolErrorDetails) {
    super(`${doing}: ${reason}`, details);
    this.name = 'AcmeProtocolError';
    this.reason = reason;
    this.url = details.url;
    this.location = details.location;
  }
}

/**
 * A POST that must not be sent twice got no answer: the server may or may not have acted on it.
 * Look before repeating it; `cause` is the `HttpError`.
 */
export class AcmeOutcomeUnknown extends Error {
  readonly code = 'acme-outcome-unknown';
  readonly url: string;

  constructor(doing: string, url: string, options: ErrorOptions) {
    super(`${doing}: the answer was lost`, options);
    this.name = 'AcmeOutcomeUnknown';
    this.url = url;
  }
}

/** The object that was polled did not settle before it, or the caller's patience, ran out. */
export class AcmePollDeadline extends Error {
  readonly code = 'acme-poll-deadline';
  readonly url: string;

  constructor(doing: string, url: string) {
    super(`${doing}: no result in time`);
    this.name = 'AcmePollDeadline';
    this.url = url;
  }
}
