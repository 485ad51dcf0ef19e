import type { InstallTargetId } from '../../shared/models/credential.ts';
import type { CredentialOffer, KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import { typesInOrder } from '../../shared/models/key-types.ts';
import type { TokenCompatibility, TokenKind } from '../../shared/models/token.ts';
import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { PluggedIn } from '../tokens/plugged-in.ts';

/** What the places of this computer are, as far as the page knows them. */
export interface Here {
  readonly osKeysOffered: boolean;
  /** All drivers have answered or failed. */
  readonly looked: boolean;
  readonly tokens: readonly PluggedIn[];
  /** `undefined`: being asked for. */
  readonly reports: readonly TokenCompatibility[] | undefined;
}

/** A place to choose; `await`: one that would be there if a token were. */
export type PlaceOption =
  | { readonly id: string; readonly in: 'software' | 'os' }
  | {
      readonly id: string;
      readonly in: 'token';
      readonly one: PluggedIn;
      readonly report: TokenCompatibility | undefined;
    }
  | { readonly id: string; readonly in: 'await'; readonly kind: TokenKind };

const kinds: readonly TokenKind[] = ['token', 'tpm'];
const isKind = (place: KeyPlace): place is TokenKind => kinds.some((kind) => kind === place);

/** Whether an offer's key can live on a token or in a security chip, so that it is worth looking for them. */
export function usesTokens({ key }: CredentialOffer): boolean {
  return key.places.some(isKind);
}

/** Where the key of an offer can live here, in the organisation's order of preference. */
export function placeOptions(offer: CredentialOffer, here: Here): readonly PlaceOption[] {
  return offer.key.places.flatMap((place): readonly PlaceOption[] => {
    if (place === 'software') return [{ id: place, in: place }];
    if (place === 'os') return here.osKeysOffered ? [{ id: place, in: place }] : [];
    const there = here.tokens.filter(({ token }) => token.kind === place);
    if (there.length > 0) return there.map((one) => tokenOption(one, here));
    // A chip is built in: where there is none, nothing can be plugged in.
    const alone = offer.key.places.every((other) => other === place);
    return place === 'tpm' && here.looked && !alone
      ? []
      : [{ id: `await ${place}`, in: 'await', kind: place }];
  });
}

function tokenOption(one: PluggedIn, { reports }: Here): PlaceOption {
  const report = reports?.find(({ tokenId }) => tokenId === one.token.tokenId);
  return { id: `token ${one.token.tokenId}`, in: 'token', one, report };
}

const fits = (option: PlaceOption): boolean =>
  option.in === 'token' && option.report !== undefined && option.report.verdict !== 'does-not-fit';

/** What the person chose, and what was chosen for them last. */
export interface Wanted {
  readonly wanted: string | undefined;
  readonly before: string | undefined;
}

/**
 * What is chosen: what the person chose, else the organisation's first that is there. Whoever said “on a token” before
 * one was there gets the first that fits; whoever chose one that is gone is not given another. A token that was
 * chosen for the person stays so when one is found beside it: they may be about to agree.
 */
export function chosenPlace(
  options: readonly PlaceOption[],
  { wanted, before }: Wanted,
  here: Pick<Here, 'looked' | 'reports'>,
): PlaceOption | undefined {
  const chosen = firstChoice(options, wanted, here);
  const stays = options.find(({ id }) => id === before);
  if (chosen?.in !== 'token' || chosen.id === wanted || stays?.in !== 'token') return chosen;
  const isAlike = stays.one.token.kind === chosen.one.token.kind;
  // Of one that was found just now nothing else is known yet.
  return isAlike && stays.report?.verdict !== 'does-not-fit' ? stays : chosen;
}

function firstChoice(
  options: readonly PlaceOption[],
  wanted: string | undefined,
  { looked, reports }: Pick<Here, 'looked' | 'reports'>,
): PlaceOption | undefined {
  const asked = options.find(({ id }) => id === wanted);
  if (asked !== undefined) return asked;
  if (wanted?.startsWith('token ') === true) return options.find((option) => option.in === 'await');
  const awaited = options.filter(
    (option) => option.in === 'token' && wanted === `await ${option.one.token.kind}`,
  );
  if (awaited.length > 0) return awaited.find(fits) ?? awaited[0];
  // Until all has been looked at, what the organisation prefers may still turn up.
  const known = looked && reports !== undefined;
  const usable = (option: PlaceOption) =>
    option.in === 'software' || option.in === 'os' || fits(option);
  return options.find((option) => usable(option) || !known) ?? options[0];
}

/** What main is told; `undefined` while there is nothing that it could use. */
export function keyPlaceOf(
  option: PlaceOption | undefined,
  existingKey: string | undefined,
): KeyPlaceChoice | undefined {
  if (option === undefined || option.in === 'await') return undefined;
  if (option.in !== 'token') return { in: option.in };
  if (!fits(option)) return undefined;
  const { tokenId } = option.one.token;
  if (option.report?.verdict !== 'fits-with-existing-key') return { in: 'token', tokenId };
  const keyId = existingKeyOf(option, existingKey)?.keyId;
  if (keyId === undefined) return undefined;
  // Whoever chose the key has read that this very certificate will be replaced.
  const replaces = replacedWith(option, keyId)?.fingerprint;
  return { in: 'token', tokenId, keyId, ...(replaces === undefined ? {} : { replaces }) };
}

/** What is chosen with a key: another certificate beside it would be another choice. */
export function existingIdOf(option: PlaceOption | undefined, keyId: string): string {
  return [keyId, replacedWith(option, keyId)?.fingerprint ?? ''].join(' ');
}

/** The certificate that goes when one for that key is written to the token. */
export function replacedWith(option: PlaceOption | undefined, keyId: string) {
  if (option?.in !== 'token') return undefined;
  return option.report?.replaced?.find((certificate) => certificate.keyId === keyId);
}

/**
 * The key on the token that will be used, where none can be made; one that costs a certificate only when the person has
 * chosen it.
 */
export function existingKeyOf(option: PlaceOption | undefined, wanted: string | undefined) {
  if (option?.in !== 'token' || option.report?.verdict !== 'fits-with-existing-key')
    return undefined;
  const { existingKeys } = option.report;
  return (
    existingKeys.find(({ keyId }) => existingIdOf(option, keyId) === wanted) ??
    existingKeys.find(({ keyId }) => replacedWith(option, keyId) === undefined)
  );
}

/** The kinds of key that can be made in a place; none where a key is there already. */
export function typesAt(
  offer: CredentialOffer,
  option: PlaceOption | undefined,
  installTargets: readonly InstallTargetId[],
): readonly KeyType[] {
  if (option?.in === 'await') return [];
  if (option?.in !== 'token') return typesInOrder(offer, installTargets);
  return option.report?.verdict === 'fits' ? option.report.types : [];
}
