import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { CredentialError } from './credential-error.ts';
import type { Credentials } from './credentials.ts';

export interface RetirementRooms {
  readonly wallet: Pick<Wallet, 'credentials' | 'activity'>;
  readonly credentials: Pick<Credentials, 'takeOver' | 'remove'>;
}

/**
 * Takes a credential away, with its key, once its successor is wherever it was and nothing has shown that it does not
 * work there: programs that look for the one find the other. False: it stays, because somewhere nothing took its place.
 * Its certificate is not revoked: it ends by itself, and connections that it opened go on.
 */
export async function retire(
  predecessorId: string,
  successorId: string,
  { wallet, credentials }: RetirementRooms,
): Promise<boolean> {
  const successor = wallet.credentials.find(successorId);
  if (successor === undefined) {
    throw new CredentialError({ code: 'not-found' }, 'finding the successor of a credential');
  }
  await credentials.takeOver(successorId);
  const predecessor = wallet.credentials.find(predecessorId);
  if (predecessor === undefined) return true;
  if (!isReplaced(predecessor, successor)) {
    // Whoever looks what is due must not have it renewed once more, and once more.
    wallet.credentials.save({ ...predecessor, successorId });
    return false;
  }
  await credentials.remove(predecessorId);
  const { organizationId } = successor;
  const event = {
    event: 'credential-replaced',
    organizationId,
    credentialId: successorId,
  } as const;
  wallet.activity.append(event);
  return true;
}

/** What is left of it lies beside its own key on a token, as that of its successor does. */
const isReplaced = (predecessor: CredentialRecord, successor: CredentialRecord): boolean =>
  predecessor.installations.every(
    ({ target }) =>
      target === 'token' &&
      successor.installations.some(
        (each) => each.target === target && each.proofs.every(({ status }) => status !== 'failed'),
      ),
  );
