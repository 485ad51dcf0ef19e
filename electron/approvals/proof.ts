import type { ChallengeView, PasskeyWay } from '../../shared/enrollment-state.ts';
import { approvalMethods } from '../../shared/models/approval.ts';
import type { Authorization } from '../acme/authorization.ts';
import type { AcmeClient } from '../acme/client.ts';
import { viewAuthorization } from '../enrollment/authorization-view.ts';
import { certificateRoom } from '../enrollment/certificate-room.ts';
import type { ProofRooms } from '../enrollment/challenges/challenge-type.ts';
import { passkeyRoom } from '../enrollment/passkey-room.ts';
import type { Proof } from '../enrollment/proof-use.ts';
import type { ApprovalRooms } from './approval-rooms.ts';
import type { LookedAt } from './looked-at.ts';

export interface ProofOf {
  readonly organizationId: string;
  readonly client: AcmeClient;
  readonly looked: LookedAt;
  readonly authorization: Authorization;
  /** A passkey that is being used at this moment. */
  readonly underWay?: { readonly challengeUrl: string; readonly way: PasskeyWay } | undefined;
}

/** What an approver answers with: as an enrolment does, but over the document (docs/approvals.md §4). */
export function proofRooms(of: ProofOf, rooms: ApprovalRooms): ProofRooms {
  const { organizationId, client, looked, authorization, underWay } = of;
  // A login for one request serves no other.
  const proof = (): Proof => ({ organizationId, purpose: `approval of ${looked.url}` });
  const directoryUrl = rooms.organizations.find(organizationId)?.profile.directory ?? '';
  const { wallet, keys, report, candidates, passkeys, registeredKeys, clock } = rooms;
  return {
    ...{ client, clock, underWay, approvalDigest: looked.digest },
    lookAtRecord: () => Promise.reject(new TypeError('nobody approves by a record')),
    sightings: new Map(),
    expires: authorization.expires,
    certificates: certificateRoom(proof, { wallet, keys, report }, candidates),
    passkeys: passkeyRoom(
      { proof, directoryUrl },
      { wallet, keys, registeredKeys, ...(passkeys && { passkeys }) },
    ),
  };
}

/** How it can be approved now, and the strongest way. */
export function waysToApprove(
  of: ProofOf,
  rooms: ApprovalRooms,
): { readonly challenges: readonly ChallengeView[]; readonly proposed?: string } {
  if (of.authorization.status !== 'pending') return { challenges: [] };
  const shown = viewAuthorization(of.authorization, new Map(), proofRooms(of, rooms));
  const known: readonly string[] = approvalMethods;
  const challenges = shown.challenges.filter(({ type }) => known.includes(type));
  const { proposed } = shown;
  const isOne = challenges.some(({ challengeId }) => challengeId === proposed);
  return { challenges, ...(isOne && proposed !== undefined && { proposed }) };
}
