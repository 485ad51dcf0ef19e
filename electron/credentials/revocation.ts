import type { RevocationReason } from '../../shared/models/credential.ts';
import type { AcmeClient } from '../acme/client.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { parseCertificate } from '../certificates/pem.ts';
import type { KeyRing } from '../keys/software-keys.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { CredentialError } from './credential-error.ts';
import type { Signer } from '../keys/signer.ts';

/** Reaches an account that exists. */
export type AccountConnector = (
  organizationId: string,
  account: {
    readonly directoryUrl: string;
    readonly accountUrl: string;
    readonly signer: Signer;
  },
) => Promise<AcmeClient>;

interface RevocationRooms {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly connect: AccountConnector;
}

/** RFC 8555 §7.6, by the account that ordered the certificate; then the wallet remembers it. */
export async function revoke(
  record: CredentialRecord,
  reason: RevocationReason,
  { wallet, keys, connect }: RevocationRooms,
): Promise<void> {
  const { organizationId, directoryUrl, id: credentialId } = record;
  const account = wallet.accounts.find(organizationId, directoryUrl);
  if (!account?.accountUrl) {
    throw new CredentialError({ code: 'not-found' }, 'finding the account');
  }
  const signer = await keys.signer(account.keyId);
  const client = await connect(organizationId, {
    directoryUrl,
    accountUrl: account.accountUrl,
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
