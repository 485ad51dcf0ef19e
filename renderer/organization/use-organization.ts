import type { Organization } from '../../shared/models/organization.ts';
import { useWalletState } from '../wallet.ts';

/** A joined organisation; undefined when it is not joined any more. */
export function useOrganization(organizationId: string): Organization | undefined {
  return useWalletState().wallet.organizations.find(({ id }) => id === organizationId);
}
