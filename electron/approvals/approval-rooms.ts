import type { Failure } from '../../shared/failure.ts';
import type { Candidates } from '../credentials/candidates.ts';
import type { AccountMakers } from '../enrollment/account.ts';
import type { Passkeys, RegisteredKey } from '../enrollment/passkey-room.ts';

/** Something new that the person may decide about. */
export interface ApprovalNews {
  /** As the wallet knows it. */
  readonly organizationId: string;
  readonly count: number;
}

/** What deciding about requests works with. */
export interface ApprovalRooms extends AccountMakers {
  /** Certificates that can answer challenges. */
  readonly candidates: Candidates;
  /** Absent where nobody sits at a screen. */
  readonly passkeys?: Passkeys;
  /** Key pairs that an organisation knows as this person's. */
  readonly registeredKeys: (organizationId: string) => readonly RegisteredKey[];
  /** PEM, of whoever this computer trusts, for organisations that bring no roots of their own. */
  readonly trustedRoots: () => readonly string[];
  readonly toFailure: (error: unknown) => Failure;
  /** Hears of errors that change nothing for the person. */
  readonly report: (doing: string, error: unknown) => void;
  /** Milliseconds between two looks; half a minute when not said. */
  readonly interval?: number;
}
