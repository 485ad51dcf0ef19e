import type { Failure, ProblemDocument } from '../../shared/failure.ts';
import { AcmeOutcomeUnknown, AcmePollDeadline, AcmeProtocolError } from '../acme/protocol-error.ts';

type ToFailure = (error: unknown) => Failure;

/** What the person is told about an error of an enrolment. */
export function failureOf(error: unknown, toFailure: ToFailure): Failure {
  // Polls have no other deadline here than the end of what is polled; `issue` tells its own itself.
  if (error instanceof AcmePollDeadline) return { code: 'order-expired' };
  return toFailure(error instanceof AcmeOutcomeUnknown ? error.cause : error);
}

/** Whether the enrolment cannot succeed any more, so that going on later is useless. */
export function isFinal(error: unknown, failure: Failure): boolean {
  if (error instanceof AcmeProtocolError) return finalFaults.includes(error.reason);
  switch (failure.code) {
    case 'acme-problem':
      return isFinalProblem(failure.problem);
    case 'authorization-failed':
    case 'not-approved':
    case 'unsupported-challenge':
    case 'unsafe-challenge':
    case 'order-expired':
    case 'certificate':
    case 'not-found':
    case 'invalid-request':
      return true;
    // Networks, clocks, stores and tools can be mended; and nothing is given up for an error of our own.
    default:
      return false;
  }
}

// RFC 8555 §7.1.3: an order that has changed is to be considered invalid. The others would answer the same again.
const finalFaults: readonly AcmeProtocolError['reason'][] = [
  'order-changed',
  'profile-changed',
  'foreign-url',
  'not-ordered',
  'unexpected-state',
];

function isFinalProblem({ status, type }: ProblemDocument): boolean {
  if (status >= 500 || status === 429) return false;
  return !mendable.includes(type);
}

/** No problem document at all (RFC 7807 §4.2): something in front of the CA has answered. */
const blank = 'about:blank';

// RFC 8555 §6.7: to be tried later, to be done by the person at the URL in `instance`, or by a new invitation.
const mendable: readonly string[] = [
  blank,
  ...['rateLimited', 'serverInternal', 'userActionRequired', 'externalAccountRequired'].map(
    (name) => `urn:ietf:params:acme:error:${name}`,
  ),
];
