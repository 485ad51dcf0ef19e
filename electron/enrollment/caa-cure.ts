import type { CaaRecord } from '../../shared/failure.ts';
import type { CaaVerdict } from '../domain-proofs/caa-check.ts';
import { domainChallengeTypes } from './challenges/challenge-types.ts';

export interface Applicant {
  /** What the CA calls itself. */
  readonly issuer: string;
  readonly accountUrl: string | undefined;
}

export type Refused = Extract<CaaVerdict, { verdict: 'refused' }>;

/**
 * A record that lets the CA issue, beside the others, so that whoever may issue now still may. Undefined: nothing
 * helps as long as one of the others is there.
 */
export function cureFor({ fault, at, tag }: Refused, applicant: Applicant): CaaRecord | undefined {
  const { issuer } = applicant;
  switch (fault) {
    case 'issuer':
      return { name: at, tag, value: issuer };
    case 'account':
      return { name: at, tag, value: issuer + accountParameter(applicant) };
    case 'method':
      return { name: at, tag, value: `${issuer}; validationmethods=${methods}` };
    case 'critical':
    case 'unreadable':
      return undefined;
  }
}

const methods = domainChallengeTypes.join(',');
// RFC 8659 §4.2 `value`, without what would need an escape in a zone file (RFC 1035 §5.1).
const writable = /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** RFC 8657 §3, where there is an account, and its URL can stand in a record. */
const accountParameter = ({ accountUrl }: Applicant): string =>
  accountUrl !== undefined && writable.test(accountUrl) ? `; accounturi=${accountUrl}` : '';
