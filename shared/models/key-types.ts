import { installTargets, targetsServing, type InstallTargetId } from './credential.ts';
import type { CredentialOffer, KeyType } from './enrollment-profile.ts';

/** iwd has the kernel hold its keys, which reads RSA keys alone; NSS takes none of Edwards curves. */
const unusable: Partial<Record<InstallTargetId, (type: KeyType) => boolean>> = {
  iwd: (type) => !type.startsWith('RSA-'),
  nss: (type) => type === 'Ed25519',
  firefox: (type) => type === 'Ed25519',
};

/** Whether the programs that a target serves could do nothing with such a key. */
export const isUnusable = (target: InstallTargetId, type: KeyType): boolean =>
  unusable[target]?.(type) === true;

/** The targets of a computer that serve an offer, in the order in which credentials are put there. */
export function targetsOf(
  { install }: Pick<CredentialOffer, 'install'>,
  available: readonly InstallTargetId[],
): readonly InstallTargetId[] {
  const wanted = new Set(install.flatMap(({ target }) => targetsServing[target]));
  return installTargets.filter((target) => wanted.has(target) && available.includes(target));
}

/** The types of an offer in its own order, but for those that not all targets of this computer can use: they come last. */
export function typesInOrder(
  offer: Pick<CredentialOffer, 'install' | 'key'>,
  available: readonly InstallTargetId[],
): readonly KeyType[] {
  const targets = targetsOf(offer, available);
  const trouble = (type: KeyType): number =>
    targets.filter((target) => isUnusable(target, type)).length;
  return offer.key.types.toSorted((one, other) => trouble(one) - trouble(other));
}
