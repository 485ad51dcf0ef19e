import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { Organization } from '../../shared/models/organization.ts';
import type { TokenIdentity } from '../../shared/models/token.ts';
import { noKeyReason } from '../tokens/findings.ts';
import type { PluggedIn } from '../tokens/plugged-in.ts';

export type AccountKeyPlace =
  | { readonly id: string; readonly choice: KeyPlaceChoice; readonly in: 'software' | 'os' }
  | {
      readonly id: string;
      readonly choice: KeyPlaceChoice;
      readonly in: 'token';
      readonly one: PluggedIn;
      /** Why no key can be made there; `null` when one can. */
      readonly off: ReturnType<typeof noKeyReason>;
    };

/** Where the key of an account could go from where it is. */
export function accountKeyPlaces(
  accountKey: Organization['accountKey'],
  tokens: readonly PluggedIn[],
  osKeysOffered: boolean,
): readonly AccountKeyPlace[] {
  const here = (['os', 'software'] as const)
    .filter((place) => place !== accountKey?.place && (place !== 'os' || osKeysOffered))
    .map((place) => ({ id: place, choice: { in: place }, in: place }));
  const there = tokens
    .filter(({ token }) => !isSameToken(token, accountKey?.token))
    .map((one): AccountKeyPlace => ({
      id: `token ${one.token.tokenId}`,
      choice: { in: 'token', tokenId: one.token.tokenId },
      in: 'token',
      one,
      off: noKeyReason(one.token),
    }));
  return [...there, ...here];
}

/** Two tokens may have one label, and that of a PIV card changes; it counts where serial numbers say nothing. */
function isSameToken(one: TokenIdentity, other: TokenIdentity | undefined): boolean {
  const isBare = /^[0 ]*$/.test(one.serial);
  return (
    one.serial === other?.serial &&
    (!isBare || one.label === other.label) &&
    one.manufacturer === other.manufacturer &&
    one.model === other.model
  );
}
