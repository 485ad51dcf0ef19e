import type { KeyUse } from '../keys/key-ring.ts';
import type { LoginHold } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { Wallet } from '../wallet/wallet.ts';

/** What of an organisation a token is used for, and how. */
export interface KeyPurpose extends Omit<KeyUse, 'owner' | 'organizationName'> {
  readonly organizationId: string;
  /** The id of a credential, also of one that is yet to be issued, or another thing that a login may be for. */
  readonly purpose: string;
}

/** As what a flow uses tokens, and whether somebody is there to be asked. */
export type UseContext = Pick<KeyPurpose, 'purpose' | 'signal' | 'isUnattended'>;

/** Of an account's own matters, those that are of no one credential. */
export const accountPurpose = 'account';

/** What the person is told when a token has to be unlocked for something of an organisation, and whose login that is. */
export function keyUse(
  { organizations }: Pick<Wallet, 'organizations'>,
  { organizationId, purpose, ...use }: KeyPurpose,
): KeyUse {
  const name = organizations.find(organizationId)?.profile.organization.name;
  const owner = loginOwner(organizationId, purpose);
  return { ...use, owner, ...(name && { organizationName: name }) };
}

/** The `KeyUse.owner` of everything that is done for one purpose of an organisation. */
export const loginOwner = (organizationId: string, purpose: string): KeyUse['owner'] =>
  JSON.stringify([organizationId, purpose]);

/** Each request to a CA is a signature of the account key, and an order takes about ten. */
export const accountHold: LoginHold = { seconds: 120, uses: 32 };

/** The token is not there: lost, or in a drawer. */
export const isAway = (error: unknown): boolean =>
  error instanceof TokenError && (error.reason === 'not-present' || error.reason === 'removed');
