import { AuthorizationFailed, OrderFailed } from '../../acme/issuance-error.ts';
import { AcmeProblem } from '../../acme/problem.ts';
import { AcmeProtocolError } from '../../acme/protocol-error.ts';
import { CertificateError } from '../../certificates/certificate-error.ts';
import { HttpError } from '../../http/http-client.ts';

export const finishes = 'finishes';

/** The name of an error, with what tells it from others of its class. */
export function nameOfError(error: unknown): string {
  if (error instanceof AcmeProblem) {
    return `AcmeProblem ${error.type === 'unknown' ? error.status : error.type}`;
  }
  if (
    error instanceof HttpError ||
    error instanceof AcmeProtocolError ||
    error instanceof CertificateError
  ) {
    return `${error.name} ${error.reason}`;
  }
  return error instanceof Error ? error.name : typeof error;
}

/** Errors after which the order is of no use any more: what is wanted has to be ordered anew. */
export const isLost = (error: unknown): boolean =>
  error instanceof OrderFailed ||
  error instanceof AuthorizationFailed ||
  (error instanceof AcmeProtocolError && error.reason === 'token-malformed');
