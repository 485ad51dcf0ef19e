import { keyUse, loginOwner } from '../credentials/key-use.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { LoginHold } from '../pkcs11/token-access.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { Run } from './run.ts';

/** A PIN is good for one signature: what a person agrees to once is nothing that they agree to twice. */
const oneSignature: LoginHold = { seconds: 60, uses: 1 };

/** Nobody else's: a login that is held for the enrolment's own key does not serve another. */
const purposeOf = ({ record }: Pick<Run, 'record'>): string => `proof of ${record.credentialId}`;

/** The use of a key by which somebody shows who they are, once. */
export function proofUse(
  run: Pick<Run, 'record' | 'isUnattended'>,
  wallet: Pick<Wallet, 'organizations'>,
  signal: AbortSignal,
): KeyUse {
  const { organizationId } = run.record.plan;
  const { isUnattended } = run;
  return keyUse(wallet, {
    ...{ organizationId, purpose: purposeOf(run), signal, isUnattended, hold: oneSignature },
    reason: 'use-account',
  });
}

/** Whose the login is that such a use may leave. */
export const proofOwner = (run: Pick<Run, 'record'>): KeyUse['owner'] =>
  loginOwner(run.record.plan.organizationId, purposeOf(run));
