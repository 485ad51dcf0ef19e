import { ShapeMismatch } from './shape.ts';

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
  /** A URL that is not https, or on an origin that the directory does not name; of an account, on another than newAccount's. */
  | 'foreign-url'
  | 'resource-missing'
  /** The order is for another profile than the one that was asked for (draft-ietf-acme-profiles §4). */
  | 'profile-changed'
  | 'renewal-info-malformed'
  | 'credential-malformed'
  | 'approval-malformed'
  /** An authorization asks to publish a proof for a name, or all names below one, that was not ordered. */
  | 'not-ordered'
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

  /** Reads an object; a `ShapeMismatch` becomes the fault, and stays known as its cause. */
  static guard<T>(read: () => T, fault: ShapeFault): T {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof ShapeMismatch)) throw cause;
      const { reason, doing, ...details } = fault;
      throw new AcmeProtocolError(reason, doing, { ...details, cause });
    }
  }
}

interface ShapeFault {
  readonly reason: ProtocolFault;
  readonly doing: string;
  readonly url: string;
  readonly location?: string;
}

/** Why a request was not even sent. */
export type RequestFault =
  /** RFC 8555 §7.4.1: pre-authorizations are never for wildcards. */
  | 'wildcard'
  /** RFC 8555 §7.1.4: a name of type `dns` is written as in a certificate, in A-labels. */
  | 'name'
  /** RFC 8555 §7.3: a `mailto` contact has one address and no header fields. */
  | 'contact'
  /** RFC 8555 §11.1: the key of an account is never certified, and never made an account's once more. */
  | 'account-key'
  /** RFC 8555 §7.4: the certificate request names exactly what is ordered. */
  | 'other-names'
  /** RFC 9444 §4.3: it is no ancestor of the name, label by label. */
  | 'not-an-ancestor'
  /** draft-ietf-acme-profiles §4: names that the directory does not list are not asked for. */
  | 'profile-not-listed';

/** This client does not send such a request. */
export class AcmeRequestError extends Error {
  readonly code = 'acme-request';
  readonly reason: RequestFault;

  constructor(reason: RequestFault, doing: string) {
    super(`${doing}: ${reason}`);
    this.name = 'AcmeRequestError';
    this.reason = reason;
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
