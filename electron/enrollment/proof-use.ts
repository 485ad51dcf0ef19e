import { keyUse, loginOwner } from '../credentials/key-use.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { LoginHold } from '../pkcs11/token-access.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { Run } from './run.ts';

/** Whose proof it is, of what, and whether somebody is there to be asked. */
export interface Proof {
  readonly organizationId: string;
  /** What no other login serves: an enrolment, or an approval. */
  readonly purpose: string;
  readonly isUnattended?: boolean;
}

/** A PIN is good for one signature: what a person agrees to once is nothing that they agree to twice. */
const oneSignature: LoginHold = { seconds: 60, uses: 1 };

/** Nobody else's: a login that is held for the enrolment's own key does not serve another. */
export const proofOf = ({ record, isUnattended }: Pick<Run, 'record' | 'isUnattended'>): Proof => ({
  ...{ organizationId: record.plan.organizationId, isUnattended },
  purpose: `proof of ${record.credentialId}`,
});

/** The use of a key by which somebody shows who they are, once. */
export function proofUse(
  proof: Proof,
  wallet: Pick<Wallet, 'organizations'>,
  signal: AbortSignal,
): KeyUse {
  return keyUse(wallet, { ...proof, signal, hold: oneSignature, reason: 'use-account' });
}

/** Whose the login is that such a use may leave. */
export const proofOwner = ({ organizationId, purpose }: Proof): KeyUse['owner'] =>
  loginOwner(organizationId, purpose);
