import type { RevocationReason } from '../../shared/models/credential.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { parseCertificate } from '../certificates/pem.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import { CredentialError } from './credential-error.ts';
import { settled, type AccountRooms } from './account-key-change.ts';
import { accountHold, keyUse } from './key-use.ts';

/**
 * RFC 8555 §7.6, by the account that ordered the certificate; then the wallet remembers it. To be called when nothing
 * else is done with the account: a change of its key that is under way would look like one that was stopped.
 */
export async function revoke(
  record: CredentialRecord,
  reason: RevocationReason,
  rooms: AccountRooms,
): Promise<void> {
  const { wallet, keys, connect, context } = rooms;
  const { organizationId, directoryUrl, id: credentialId } = record;
  const known = wallet.accounts.find(organizationId, directoryUrl);
  if (!known?.accountUrl) {
    throw new CredentialError({ code: 'not-found' }, 'finding the account');
  }
  const account = await settled(known, rooms);
  const purpose = { ...context, reason: 'revoke', hold: accountHold } as const;
  const use = keyUse(wallet, { organizationId, ...purpose });
  const signer = await keys.signer(account.keyId, use);
  const client = await connect(organizationId, {
    directoryUrl,
    accountUrl: known.accountUrl,
    signer,
  });
  const certificate = parseCertificate(record.chain).raw;
  try {
    await client.certificates.revoke({
      certificate,
      // RFC 5280 §5.3.1: "unspecified" SHOULD be told by saying nothing.
      ...(reason === 'unspecified' ? {} : { reason }),
    });
  } catch (error) {
    const done = error instanceof AcmeProblem && error.type === 'alreadyRevoked';
    if (!done) throw error;
  }
  wallet.transaction(() => {
    const latest = wallet.credentials.find(credentialId);
    if (latest !== undefined) wallet.credentials.save({ ...latest, status: 'revoked' });
    wallet.activity.append({ event: 'revoked', organizationId, credentialId, detail: reason });
  });
}
