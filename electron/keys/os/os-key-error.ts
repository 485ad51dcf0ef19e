import type { Failure, SecretStoreFault } from '../../../shared/failure.ts';

/**
 * `absent`: this computer has no such store. `not-ready`: it has one that does not answer now. `not-supported`: it makes or uses no such keys. `exportable`: what it made could
 * be copied, so it was removed. `needs-person`: it would have to ask somebody, and may not. `not-entitled`: macOS lets
 * only signed programs in. `unusable`: what it answered is not what its documentation says.
 */
export type OsKeyFault =
  | 'absent'
  | 'not-ready'
  | 'not-found'
  | 'exists'
  | 'not-supported'
  | 'exportable'
  | 'denied'
  | 'cancelled'
  | 'needs-person'
  | 'not-entitled'
  | 'locked'
  | 'full'
  | 'unusable'
  | 'failed';

export interface OsKeyErrorFacts {
  readonly reason: OsKeyFault;
  /** The function of the operating system. */
  readonly call?: string;
  /** The vendor's name of what it returned, e.g. `NTE_BAD_KEYSET`; the number where there is none. */
  readonly status?: string;
}

/** A key of the operating system did not do what was asked; decided by the number that the system returned. */
export class OsKeyError extends Error {
  readonly code = 'os-key';
  readonly reason: OsKeyFault;
  readonly call: string | undefined;
  readonly status: string | undefined;

  constructor({ reason, call, status }: OsKeyErrorFacts, doing: string, options?: ErrorOptions) {
    const where =
      call === undefined ? '' : ` (${call}${status === undefined ? '' : `: ${status}`})`;
    super(`${doing}: ${reason}${where}`, options);
    this.name = 'OsKeyError';
    this.reason = reason;
    this.call = call;
    this.status = status;
  }

  /** To the person it is the place where this computer keeps secrets. */
  toFailure(): Failure {
    return { code: 'secret-store', reason: shown[this.reason] };
  }
}

const shown: Readonly<Record<OsKeyFault, SecretStoreFault>> = {
  absent: 'absent',
  'not-ready': 'locked',
  'not-found': 'damaged',
  exists: 'damaged',
  'not-supported': 'absent',
  exportable: 'denied',
  denied: 'denied',
  cancelled: 'denied',
  'needs-person': 'locked',
  'not-entitled': 'denied',
  locked: 'locked',
  full: 'denied',
  unusable: 'damaged',
  failed: 'denied',
};
