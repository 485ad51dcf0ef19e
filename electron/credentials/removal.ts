import type { InstallTargetId } from '../../shared/models/credential.ts';
import {
  InstallError,
  type InstallTarget,
  type KnownCredential,
} from '../install/install-target.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { CredentialError } from './credential-error.ts';
import type { Installer } from './installer.ts';

interface RemovalRooms {
  readonly installer: Installer;
  readonly report: (doing: string, error: unknown) => void;
}

/**
 * Takes a credential out of every target, also out of those where it lies without the record knowing, because the
 * wallet was stopped in between. One that refuses keeps none of the others; its refusal is thrown at the end.
 */
export async function removeFromTargets(
  record: CredentialRecord,
  rooms: RemovalRooms,
): Promise<void> {
  const targets = new Set([
    ...(record.key.token === undefined ? [] : (['token'] as const)),
    ...rooms.installer.targetIds,
    ...record.installations.map(({ target }) => target),
  ]);
  const refusals: unknown[] = [];
  for (const target of targets) {
    try {
      await removeFrom(target, record, rooms);
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw removalError(refusals);
}

/** The person is told of one target at a time; the others say the same again when asked. */
function removalError(refusals: readonly unknown[]): Error {
  const cause = new AggregateError(refusals, 'targets refused');
  const onToken = refusals.find((error) => error instanceof TokenError);
  if (onToken !== undefined) return onToken;
  const first = refusals.find((error) => error instanceof InstallError);
  if (first === undefined) {
    return new CredentialError({ code: 'internal' }, 'removing a credential', { cause });
  }
  const { target, reason, detail, link } = first;
  return new InstallError(target, reason, detail, { cause, ...(link && { link }) });
}

async function removeFrom(
  targetId: InstallTargetId,
  record: CredentialRecord,
  rooms: RemovalRooms,
): Promise<void> {
  const { installer } = rooms;
  const remembered = record.installations.filter(({ target }) => target === targetId);
  const target = installer.target(targetId);
  const found =
    remembered.length > 0 ? remembered : await look(target, installer.known(record), rooms);
  // By halves, where nothing tells of it but the journal.
  if (found.length === 0 && installer.isOpen(record.id, targetId)) {
    await installer.remove(record.id, targetId, '');
  }
  for (const { location } of found) await installer.remove(record.id, targetId, location);
}

/** A target that cannot even be looked at, e.g. because its tools were never there, hides nothing of ours. */
async function look(target: InstallTarget, known: KnownCredential, { report }: RemovalRooms) {
  try {
    return await target.list([known]);
  } catch (error) {
    report('looking for a credential', error);
    return [];
  }
}
