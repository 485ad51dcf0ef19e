import { accountPurpose, keyUse } from '../credentials/key-use.ts';
import type { AccountRecord } from '../wallet/account-store.ts';
import type { Rooms } from './rooms.ts';

/**
 * Forgets an organisation with its account and the key pairs that are registered there. The operating system's keys go first, for nobody could find them without
 * the account; those on tokens are left behind.
 */
export async function leave(organizationId: string, rooms: Rooms): Promise<void> {
  const { wallet, organizations, keys, turns, closing } = rooms;
  await turns.take(organizationId, closing, async () => {
    const accounts = wallet.accounts
      .list()
      .filter((each) => each.organizationId === organizationId);
    const purpose = { purpose: accountPurpose, reason: 'remove-key', isUnattended: true } as const;
    const use = keyUse(wallet, { organizationId, ...purpose });
    const registered = wallet.registeredKeys.list(organizationId).map(({ keyId }) => keyId);
    for (const keyId of [...accounts.flatMap(keyIdsOf), ...registered]) {
      if (keys.onToken(keyId) === null) await keys.remove(keyId, use);
    }
    organizations.leave(organizationId);
  });
}

/** Also of a key that it was about to have, and of one that it had. */
function keyIdsOf({ keyId, keyChange }: AccountRecord): readonly string[] {
  if (keyChange === null) return [keyId];
  return [keyId, keyChange.state === 'changing' ? keyChange.to.keyId : keyChange.keyId];
}
