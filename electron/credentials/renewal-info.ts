import type { RenewalInfo } from '../acme/renewal-info.ts';
import { certificateIdentifier } from '../certificates/certificate-identifier.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { AccountRooms } from './account-key-change.ts';
import { keyUse } from './key-use.ts';

/** RFC 9773 §4: nothing of the account goes along; but its key says with which CA it is. */
export async function renewalInfoOf(
  record: CredentialRecord,
  { wallet, keys, connect, context }: AccountRooms,
): Promise<RenewalInfo | undefined> {
  const { organizationId, directoryUrl } = record;
  const named = certificateIdentifier(record.chain);
  const account = wallet.accounts.find(organizationId, directoryUrl);
  if (named === undefined || !account?.accountUrl) return undefined;
  const use = keyUse(wallet, { ...context, organizationId, reason: 'use-account' });
  const signer = await keys.signer(account.keyId, use);
  const { accountUrl } = account;
  const client = await connect(organizationId, { directoryUrl, accountUrl, signer });
  return client.renewalInfo.isOffered ? client.renewalInfo.fetch(named, context.signal) : undefined;
}
