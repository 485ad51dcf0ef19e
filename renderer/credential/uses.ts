import {
  targetsServing,
  type CredentialSummary,
  type InstallTargetId,
} from '../../shared/models/credential.ts';
import type { Purpose } from '../../shared/models/enrollment-profile.ts';

/** What can be done with a credential beside putting it into places; each is a part of its screen. */
export type Use = 'networks' | 'browsers' | 'programs' | 'signing-programs' | 'signing-documents';

const usesOf: Readonly<Record<Purpose, readonly Use[]>> = {
  client: ['networks', 'browsers', 'programs'],
  device: ['networks', 'browsers', 'programs'],
  service: ['programs'],
  email: [],
  codeSigning: ['signing-programs'],
  documentSigning: ['signing-documents'],
};

/** Only what somebody can do now: a credential that is over signs in nowhere. */
export function usesNow({ purpose, status }: CredentialSummary): readonly Use[] {
  return status === 'active' ? usesOf[purpose] : [];
}

/** Whether what is put there leads to networks. */
export function isNetworkTarget(target: InstallTargetId): boolean {
  return targetsServing['eap-tls'].includes(target);
}

/** Whether this computer's network settings are within reach. */
export function reachesNetworks(onThisComputer: readonly InstallTargetId[]): boolean {
  return onThisComputer.some(isNetworkTarget);
}
