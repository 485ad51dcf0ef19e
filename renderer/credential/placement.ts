import {
  installTargets,
  type CredentialSummary,
  type Installation,
  type InstallTargetId,
} from '../../shared/models/credential.ts';
import { isNetworkTarget } from './uses.ts';

/** Where the credential is, and where else on this computer it can be put. */
export function placesOf(
  credential: CredentialSummary,
  onThisComputer: readonly InstallTargetId[],
): readonly InstallTargetId[] {
  return installTargets.filter(
    (target) =>
      installationIn(credential, target) !== undefined ||
      (credential.status === 'active' && canHold(target, credential, onThisComputer)),
  );
}

function canHold(
  target: InstallTargetId,
  { key, networks }: CredentialSummary,
  onThisComputer: readonly InstallTargetId[],
): boolean {
  if (target === 'token') return key.token !== undefined;
  // Network settings without a network would be nothing to put anywhere.
  if (isNetworkTarget(target) && networks.length === 0) return false;
  return onThisComputer.includes(target);
}

export function installationIn(
  { installations }: CredentialSummary,
  target: InstallTargetId,
): Installation | undefined {
  return installations.find((installation) => installation.target === target);
}
