/** Why a proof could not be made ready, where DNS is not to blame. */
export type DomainProofFault =
  /** The CA's challenge lacks what its type must have. */
  | 'challenge-malformed'
  /** The account's URL cannot stand in a record, or the CA means another account. */
  | 'account-url'
  /** The identifier is none that this type can prove. */
  | 'identifier'
  /** The port is taken, or may not be had. */
  | 'port'
  /** The file could not be put where the web server looks. */
  | 'webroot';

export class DomainProofError extends Error {
  readonly code = 'domain-proof';
  readonly reason: DomainProofFault;

  constructor(reason: DomainProofFault, doing: string, options?: ErrorOptions) {
    super(`${doing}: ${reason}`, options);
    this.name = 'DomainProofError';
    this.reason = reason;
  }
}
