import { systemClock } from './acme/clock.ts';
import type { ApprovalRooms } from './approvals/approval-rooms.ts';
import { Approvals } from './approvals/approvals.ts';
import { Candidates } from './credentials/candidates.ts';
import type { Passkeys } from './enrollment/passkey-room.ts';
import { rootsOfThisComputer } from './http/trust-roots.ts';
import type { Registrations } from './passkeys/registration.ts';
import type { TokenAccess } from './pkcs11/token-access.ts';

interface ApproverParts extends Omit<
  ApprovalRooms,
  'clock' | 'random' | 'candidates' | 'passkeys' | 'registeredKeys' | 'trustedRoots'
> {
  readonly tokens: TokenAccess;
  readonly registrations: Registrations;
  /** Undefined where nobody sits at a screen. */
  readonly passkeys: Passkeys | undefined;
}

/** Furnishes what this person approves for others, of what the house has. */
export function approvalsOf({ registrations, passkeys, ...parts }: ApproverParts): Approvals {
  return new Approvals({
    ...{ ...parts, clock: systemClock, random: Math.random, trustedRoots: rootsOfThisComputer },
    ...(passkeys && { passkeys }),
    candidates: new Candidates(parts),
    registeredKeys: (organizationId) => registrations.keysOf(organizationId),
  });
}
