import type { KeyPlaceChoice } from '../../shared/ipc-contract.ts';
import type { Organization } from '../../shared/models/organization.ts';
import { stateOf } from '../tokens/findings.ts';
import type { PluggedIn } from '../tokens/plugged-in.ts';

export type AccountKeyPlace =
  | { readonly id: string; readonly choice: KeyPlaceChoice; readonly in: 'software' | 'os' }
  | {
      readonly id: string;
      readonly choice: KeyPlaceChoice;
      readonly in: 'token';
      readonly one: PluggedIn;
      /** It cannot be used, or makes no keys; the tokens' own screen says why. */
      readonly off: boolean;
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
    .filter(({ token }) => token.kind !== accountKey?.place || token.label !== accountKey.token)
    .map((one): AccountKeyPlace => ({
      id: `token ${one.token.tokenId}`,
      choice: { in: 'token', tokenId: one.token.tokenId },
      in: 'token',
      one,
      off: stateOf(one.token) === 'fail' || one.token.makes.length === 0,
    }));
  return [...there, ...here];
}
