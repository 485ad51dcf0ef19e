import type { Handlers } from '../../../shared/ipc-contract.ts';
import { approvalHandlers, type ApprovalRoom } from './approval.ts';
import { credentialHandlers, type CredentialRoom } from './credential.ts';
import { enrollmentHandlers, type EnrollmentRoom } from './enrollment.ts';
import { organizationHandlers, type OrganizationRoom } from './organization.ts';
import { tokenHandlers, type TokenRoom } from './token.ts';
import { walletHandlers, type WalletRoom } from './wallet.ts';

/** Who answers each group of requests. */
export interface AnsweringRooms {
  readonly wallet: WalletRoom;
  readonly organization: OrganizationRoom;
  readonly enrollment: EnrollmentRoom;
  readonly approval: ApprovalRoom;
  readonly token: TokenRoom;
  readonly credential: CredentialRoom;
}

export function handlersFor(rooms: AnsweringRooms): Handlers {
  return {
    wallet: walletHandlers(rooms.wallet),
    organization: organizationHandlers(rooms.organization),
    enrollment: enrollmentHandlers(rooms.enrollment),
    approval: approvalHandlers(rooms.approval),
    token: tokenHandlers(rooms.token),
    credential: credentialHandlers(rooms.credential),
  };
}
