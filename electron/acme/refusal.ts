import type { AcmeProblem, Subproblem } from './problem.ts';
import type { ProblemType } from './problem-type.ts';

/** What can be done about a refusal, where the protocol says more than that there was one. */
export type Refusal =
  /** RFC 8555 §7.3.3: a person must do something first. */
  | {
      readonly kind: 'user-action-required';
      /** Where they are told what to do. */
      readonly instance: string | undefined;
      /** Of the terms that are in force now, when it is about those. */
      readonly termsOfService: string | undefined;
    }
  /** RFC 8555 §6.6. */
  | {
      readonly kind: 'rate-limited';
      readonly retryAt: Date | undefined;
      /** About the limit that was hit. */
      readonly help: string | undefined;
    }
  /** draft-ietf-acme-profiles §4: not offered, or not for that order; also at finalize. */
  | { readonly kind: 'invalid-profile' }
  /** RFC 9773 §5: the predecessor has a successor already. */
  | { readonly kind: 'already-replaced' }
  /** RFC 8555 §7.3.5: an account has the new key already. */
  | { readonly kind: 'key-in-use'; readonly account: string }
  /** RFC 8555 §6.7.1: several things are wrong, each with what it is about. */
  | { readonly kind: 'compound'; readonly subproblems: readonly Subproblem[] }
  | { readonly kind: 'other'; readonly type: ProblemType | 'unknown' };

const conflict = 409;

export function refusalOf(problem: AcmeProblem): Refusal {
  const { type, document, context, subproblems, status } = problem;
  switch (type) {
    case 'userActionRequired': {
      const { termsOfServiceUrl: termsOfService } = context;
      return { kind: 'user-action-required', instance: document.instance, termsOfService };
    }
    case 'rateLimited':
      return { kind: 'rate-limited', retryAt: context.retryAfter, help: context.helpUrl };
    case 'invalidProfile':
      return { kind: 'invalid-profile' };
    case 'alreadyReplaced':
      return { kind: 'already-replaced' };
    default:
      if (status === conflict && context.location !== undefined) {
        return { kind: 'key-in-use', account: context.location };
      }
      return subproblems.length > 0 ? { kind: 'compound', subproblems } : { kind: 'other', type };
  }
}
