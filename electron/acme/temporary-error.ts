import { HttpError } from '../http/http-client.ts';
import { AcmeProblem } from './problem.ts';

/** RFC 9773 §4.3.3: time-outs and 5xx pass by themselves soon; a name that does not resolve or a 4xx rather not. */
export function isTemporaryError(error: unknown): boolean {
  if (error instanceof HttpError) return error.reason === 'timeout' || error.reason === 'reset';
  return error instanceof AcmeProblem && error.status >= 500;
}
