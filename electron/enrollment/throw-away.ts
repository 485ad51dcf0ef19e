import { keyUse } from '../credentials/key-use.ts';
import type { EnrollmentRecord } from '../wallet/enrollment-journal.ts';
import { isEnded } from './enrollment-state.ts';
import type { Rooms } from './rooms.ts';
import { deactivateInTime } from './withdraw.ts';

/**
 * Key, certificate and record of an enrolment for one use, from wherever it stands. The record goes last: it is by that that the
 * next start finds what a killed wallet left.
 */
export async function throwAway(record: EnrollmentRecord, rooms: Rooms): Promise<void> {
  const { wallet, keys } = rooms;
  const { id, credentialId, keyId, state, plan } = record;
  const { organizationId } = plan;
  const isIssued = state === 'done' || state === 'needs-installation';
  wallet.credentials.remove(credentialId);
  const use = { reason: 'remove-key', isUnattended: true } as const;
  await keys.abandon(keyId, keyUse(wallet, { organizationId, purpose: credentialId, ...use }));
  // Nobody is to approve what nobody will use.
  if (!isEnded(record) && !isIssued) await deactivateInTime(record, rooms);
  const detail = new URL(plan.directoryUrl).host;
  wallet.transaction(() => {
    wallet.enrollments.remove(id);
    if (!isIssued && isEnded(record)) return;
    const event = isIssued ? 'thrown-away' : 'enrollment-cancelled';
    wallet.activity.append({ event, organizationId, credentialId, detail });
  });
}
