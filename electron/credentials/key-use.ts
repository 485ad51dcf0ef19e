import type { PinReason } from '../../shared/models/token.ts';
import type { KeyUse } from '../keys/key-ring.ts';
import type { LoginHold } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { Wallet } from '../wallet/wallet.ts';

/** What the person is told when a token has to be unlocked for something of an organisation. */
export function keyUse(
  { organizations }: Pick<Wallet, 'organizations'>,
  organizationId: string,
  reason: PinReason,
): KeyUse {
  const name = organizations.find(organizationId)?.profile.organization.name;
  return { reason, ...(name && { organizationName: name }) };
}

/** Each request to a CA is a signature of the account key, and an order takes about ten. */
export const accountHold: LoginHold = { seconds: 120, uses: 32 };

/** The token is not there: lost, or in a drawer. */
export const isAway = (error: unknown): boolean =>
  error instanceof TokenError && (error.reason === 'not-present' || error.reason === 'removed');
