import type { Failure, TokenFault } from '../../shared/failure.ts';
import type { ApprovalFault } from '../../shared/models/approval.ts';
import type { Outcome } from './exit-code.ts';

/** How the command ends for a failure. */
export function outcomeOf(failure: Failure): Exclude<Outcome, 'done'> {
  switch (failure.code) {
    case 'not-found':
      return 'not-found';
    case 'cancelled':
      return 'cancelled';
    case 'secret-store':
    case 'wallet-storage':
      return 'not-available';
    case 'not-approved':
      return 'not-approved';
    case 'approval':
      return isAboutLink(failure.reason) ? 'not-found' : 'failed';
    case 'token':
      return byFault[failure.reason] ?? 'failed';
    default:
      return 'failed';
  }
}

const isAboutLink = (reason: ApprovalFault): boolean =>
  reason === 'foreign-link' || reason === 'malformed-link';

const byFault: Readonly<Partial<Record<TokenFault, 'not-found' | 'not-unlocked'>>> = {
  'not-present': 'not-found',
  ambiguous: 'not-found',
  'key-not-found': 'not-found',
  'key-not-chosen': 'not-found',
  'pin-needed': 'not-unlocked',
  'pin-incorrect': 'not-unlocked',
  'pin-locked': 'not-unlocked',
  'pin-not-set': 'not-unlocked',
  'pin-to-be-changed': 'not-unlocked',
  'pin-invalid': 'not-unlocked',
  'pin-cancelled': 'not-unlocked',
  'pin-timed-out': 'not-unlocked',
  'final-try': 'not-unlocked',
  'puk-incorrect': 'not-unlocked',
  'puk-locked': 'not-unlocked',
  'puk-final-try': 'not-unlocked',
};
