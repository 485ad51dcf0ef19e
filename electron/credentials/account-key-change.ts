import type { AcmeClient } from '../acme/client.ts';
import { AcmeProblem } from '../acme/problem.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { Signer } from '../keys/signer.ts';
import { KeyNotFoundError } from '../keys/software-keys.ts';
import type { AccountKey, AccountRecord } from '../wallet/account-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { accountHold, keyUse, type UseContext } from './key-use.ts';

/** Reaches an account that exists. */
export type AccountConnector = (
  organizationId: string,
  account: {
    readonly directoryUrl: string;
    readonly accountUrl: string;
    readonly signer: Signer;
  },
) => Promise<AcmeClient>;

export interface AccountRooms {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly connect: AccountConnector;
  readonly context: UseContext;
}

/**
 * The account with one key only: a change of it (RFC 8555 §7.3.5) that was stopped halfway is finished or forgotten,
 * as the CA knows the new key or does not.
 */
export async function settled(account: AccountRecord, rooms: AccountRooms): Promise<AccountRecord> {
  const { keyChange } = account;
  if (keyChange === null) return account;
  const decided =
    keyChange.state === 'retiring'
      ? { ...account, keyChange }
      : decide(account, keyChange.to, await hasNewKey(account, keyChange.to, rooms));
  if (decided !== account) rooms.wallet.accounts.save(decided);
  return retire(decided, decided.keyChange.keyId, rooms);
}

/** With the key that the CA knows; the other one is of no use any more. */
export function decide(account: AccountRecord, to: AccountKey, hasNew: boolean) {
  const keyId = hasNew ? account.keyId : to.keyId;
  return { ...account, ...(hasNew ? to : {}), keyChange: { state: 'retiring', keyId } as const };
}

/** Takes away the key that lost. */
export async function retire(
  account: AccountRecord,
  keyId: string,
  { wallet, keys, context }: AccountRooms,
): Promise<AccountRecord> {
  const { organizationId } = account;
  const purpose = { ...context, isUnattended: true, reason: 'remove-key' } as const;
  await keys.abandon(keyId, keyUse(wallet, { organizationId, ...purpose }));
  const latest = { ...account, keyChange: null };
  wallet.accounts.save(latest);
  return latest;
}

/** Asks with the key that needs nobody at the keyboard, where one of them is such a key. */
async function hasNewKey(
  account: AccountRecord,
  to: AccountKey,
  rooms: AccountRooms,
): Promise<boolean> {
  const fromToken = isOnToken(account.keyPlace) && !isOnToken(to.keyPlace);
  if (!fromToken && (await isKnown(account.keyId, account, rooms))) return false;
  // A CA that knows neither has lost the account: the key it had registers it again.
  return isKnown(to.keyId, account, rooms);
}

/** RFC 8555 §7.3.1: whether the CA finds the account by that key. */
async function isKnown(
  keyId: string,
  { organizationId, directoryUrl, accountUrl }: AccountRecord,
  { wallet, keys, connect, context }: AccountRooms,
): Promise<boolean> {
  if (accountUrl === null) return false;
  const use = accountUse(wallet, organizationId, context);
  try {
    const signer = await keys.signer(keyId, use);
    const client = await connect(organizationId, { directoryUrl, accountUrl, signer });
    const { url } = await client.account.newAccount({ onlyReturnExisting: true }, context.signal);
    return url === accountUrl;
  } catch (error) {
    // It was announced, and never made.
    if (error instanceof KeyNotFoundError) return false;
    if (error instanceof AcmeProblem && error.type === 'accountDoesNotExist') return false;
    throw error;
  }
}

/** The use of an account's key, for a run of requests. */
export function accountUse(wallet: Wallet, organizationId: string, context: UseContext): KeyUse {
  const purpose = { ...context, reason: 'use-account', hold: accountHold } as const;
  return keyUse(wallet, { organizationId, ...purpose });
}

export const isOnToken = (place: AccountKey['keyPlace']): place is 'token' | 'tpm' =>
  place === 'token' || place === 'tpm';
