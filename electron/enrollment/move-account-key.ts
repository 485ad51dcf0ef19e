import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import {
  accountUse,
  decide,
  retire,
  settled,
  type AccountRooms,
} from '../credentials/account-key-change.ts';
import { accountPurpose, keyUse, loginOwner } from '../credentials/key-use.ts';
import type { AccountKey, AccountRecord } from '../wallet/account-store.ts';
import { accountLabel, accountRooms } from './account.ts';
import { EnrollmentError } from './enrollment-error.ts';
import { planOwnKey } from './plan-own-key.ts';
import type { Rooms } from './rooms.ts';

export interface AccountKeyMove {
  readonly organizationId: string;
  readonly keyPlace: KeyPlaceChoice;
}

/**
 * Gives an organisation's account a new key in another place (RFC 8555 §7.3.5). The old one is kept until the CA is
 * known to have the new one; a wallet that is stopped in between asks the CA when the account is needed again.
 */
export async function moveAccountKey(
  { organizationId, keyPlace }: AccountKeyMove,
  rooms: Rooms,
): Promise<void> {
  const { turns, closing, keys } = rooms;
  await turns.take(organizationId, closing, async () => {
    try {
      await moveTo(keyPlace, accountOf(organizationId, rooms), rooms);
    } finally {
      // Also when nothing remembers the key any more that the token was unlocked for.
      await keys.rest(loginOwner(organizationId, accountPurpose));
    }
  });
}

async function moveTo(keyPlace: KeyPlaceChoice, found: AccountRecord, rooms: Rooms): Promise<void> {
  const { wallet, keys, closing } = rooms;
  const { organizationId } = found;
  const context = { purpose: accountPurpose, signal: closing };
  const inRooms = accountRooms(rooms, context);
  const account = await settled(found, inRooms);
  const planned = await planOwnKey(keyPlace, rooms);
  const to = { keyId: rooms.randomUuid(), keyType: planned.type, keyPlace: planned.place };
  const changing = { ...account, keyChange: { state: 'changing', to } as const };
  wallet.accounts.save(changing);
  const use = keyUse(wallet, { ...context, organizationId, reason: 'make-key' });
  const wanted = { id: to.keyId, type: to.keyType, home: planned.home };
  try {
    await keys.ensure({ ...wanted, label: accountLabel(account) }, use);
  } catch (error) {
    // The CA was not asked for anything: nothing but the new key can be of no use.
    await finish(changing, to, { hasNew: false, rooms: inRooms });
    throw error;
  }
  const hasNew = await change(changing, to, inRooms);
  await finish(changing, to, { hasNew, rooms: inRooms });
}

function accountOf(organizationId: string, { wallet, organizations }: Rooms): AccountRecord {
  const directoryUrl = organizations.find(organizationId)?.profile.directory;
  const account =
    directoryUrl === undefined ? undefined : wallet.accounts.find(organizationId, directoryUrl);
  if (account?.status === 'valid') return account;
  throw new EnrollmentError({ code: 'not-found' }, 'finding the account');
}

/** Whether the CA has the new key; when nobody can tell, the error is thrown, and the journal says that it is open. */
async function change(
  account: AccountRecord,
  { keyId }: AccountKey,
  rooms: AccountRooms,
): Promise<boolean> {
  const { organizationId, directoryUrl, accountUrl } = account;
  if (accountUrl === null) throw new TypeError('a valid account has a URL');
  const { wallet, keys, connect, context } = rooms;
  const { signal } = context;
  const use = accountUse(wallet, organizationId, context);
  try {
    const signer = await keys.signer(account.keyId, use);
    const client = await connect(organizationId, { directoryUrl, accountUrl, signer });
    const next = await keys.signer(keyId, { ...use, reason: 'move-account' });
    await client.account.keyChange(next, {}, signal);
    return true;
  } catch (error) {
    const { keyId: nowUsed } = await settled(account, rooms).catch(() => account);
    if (nowUsed === keyId) return true;
    throw error;
  }
}

async function finish(
  account: AccountRecord,
  to: AccountKey,
  { hasNew, rooms }: { readonly hasNew: boolean; readonly rooms: AccountRooms },
): Promise<void> {
  const { wallet } = rooms;
  const { organizationId, directoryUrl } = account;
  const decided = decide(account, to, hasNew);
  wallet.transaction(() => {
    wallet.accounts.save(decided);
    if (!hasNew) return;
    const detail = new URL(directoryUrl).host;
    wallet.activity.append({ event: 'account-key-changed', organizationId, detail });
  });
  await retire(decided, decided.keyChange.keyId, rooms);
}
