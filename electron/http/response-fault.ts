/** Why octets are not, or not yet known to be, a response that is taken (RFC 9112). */
export class ResponseFault extends Error {
  readonly code = 'http1-response';
  readonly reason: 'response-malformed' | 'response-too-large';

  constructor(reason: ResponseFault['reason'], what: string) {
    super(`${what}: ${reason}`);
    this.name = 'ResponseFault';
    this.reason = reason;
  }
}

export const malformed = (what: string): ResponseFault =>
  new ResponseFault('response-malformed', what);

export const tooLarge = (what: string): ResponseFault =>
  new ResponseFault('response-too-large', what);
