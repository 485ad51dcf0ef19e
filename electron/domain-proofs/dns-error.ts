/** What kept a question or an update from its answer. */
export type DnsFault =
  /** Nobody answered in time. */
  | 'timeout'
  /** The connection failed. */
  | 'unreachable'
  /** The answer is no DNS message, or not one for our question. */
  | 'malformed'
  /** The server said no; `rcode` says how. */
  | 'rcode'
  /** The server does not know the key, or not for this. */
  | 'key-unknown'
  /** The server found our signature wrong: the secret or the algorithm is another one. */
  | 'key-wrong'
  /** The clocks are too far apart; `clockDifference` says how far. */
  | 'clock'
  /** The answer has no signature, or one that does not hold: it may be anybody's. */
  | 'unsigned'
  | 'zone-not-found'
  /** CNAME records lead in a circle or too far. */
  | 'alias'
  /** The text is no domain name. */
  | 'name'
  /** The record was not seen before the patience ran out. */
  | 'not-visible';

export interface DnsErrorDetails extends ErrorOptions {
  /** As in the IANA registry, e.g. `REFUSED`. */
  readonly rcode?: string;
  /** Seconds by which the server's clock is ahead of ours. */
  readonly clockDifference?: number;
}

/** DNS did not do what a proof needs. */
export class DnsError extends Error {
  readonly code = 'dns';
  readonly reason: DnsFault;
  readonly rcode: string | undefined;
  readonly clockDifference: number | undefined;

  constructor(reason: DnsFault, doing: string, details: DnsErrorDetails = {}) {
    super(`${doing}: ${details.rcode ?? reason}`, details);
    this.name = 'DnsError';
    this.reason = reason;
    this.rcode = details.rcode;
    this.clockDifference = details.clockDifference;
  }
}
