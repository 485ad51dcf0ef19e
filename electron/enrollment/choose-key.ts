import type { TokenFault } from '../../shared/failure.ts';
import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { ModuleView, TokenCompatibility, TokenView } from '../../shared/models/token.ts';
import { compatibilityOf, faultOf, type WantedKey } from '../keys/compatibility.ts';
import type { KeyHome } from '../keys/key-ring.ts';
import type { LoginHold, TokenReference } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import { EnrollmentError } from './enrollment-error.ts';

/** Where keys can be on this computer now. */
export interface KeyPlaces {
  /** What the operating system's own store can make. */
  readonly osTypes: readonly KeyType[];
  /** With the owners of the keys. */
  readonly modules: readonly ModuleView[];
  /** Throws `TokenError` `not-present`. */
  readonly referenceOf: (tokenId: string) => TokenReference;
}

export interface KeyWish {
  /** The first that is there when not said. */
  readonly keyPlace?: KeyPlaceChoice | undefined;
  /** The first that can be made there when not said. */
  readonly keyType?: KeyType | undefined;
}

type PlannedKey = EnrollmentPlan['key'];
/** What an offer says of its key. */
export interface KeyPolicy extends WantedKey {
  readonly exportable: boolean;
  readonly hold?: LoginHold | undefined;
}

/** Whether tokens have to be looked at before a key can be chosen: not for places behind one that is surely there. */
export function concernsTokens(
  { places, types }: WantedKey,
  { keyPlace, keyType }: KeyWish,
  osTypes: KeyPlaces['osTypes'],
): boolean {
  if (keyPlace !== undefined) return keyPlace.in === 'token';
  const wanted = keyType === undefined ? types : [keyType];
  for (const place of places) {
    if (place === 'token' || place === 'tpm') return true;
    if (place === 'software' || wanted.some((type) => osTypes.includes(type))) return false;
  }
  return false;
}

/** Decides where a key is to be and of which type it is. Throws `EnrollmentError` and `TokenError`. */
export function chooseKey(policy: KeyPolicy, wish: KeyWish, places: KeyPlaces): PlannedKey {
  const { keyType, keyPlace } = wish;
  if (keyType !== undefined && !policy.types.includes(keyType)) {
    throw refusal('the key type is not offered');
  }
  const types = keyType === undefined ? policy.types : [keyType];
  const chooser = new Chooser({ ...policy, types }, places);
  if (keyPlace === undefined) return chooser.first();
  return keyPlace.in === 'token'
    ? chooser.onToken(keyPlace.tokenId, keyPlace.keyId)
    : chooser.in(keyPlace.in);
}

/** Where the key of a plan is made. */
export function homeOf({ place, token, existing }: PlannedKey): KeyHome {
  if (place === 'software' || place === 'os') return { place };
  if (token === undefined) throw new TypeError('a key on a token names its token');
  return { place, token, ...(existing !== undefined && { existing }) };
}

interface Candidate {
  readonly token: TokenView;
  readonly moduleName: string;
  readonly compatibility: TokenCompatibility;
}

class Chooser {
  readonly #policy: KeyPolicy;
  readonly #places: KeyPlaces;

  constructor(policy: KeyPolicy, places: KeyPlaces) {
    this.#policy = policy;
    this.#places = places;
  }

  /** The first place that is there, and of tokens the only one that fits. */
  first(): PlannedKey {
    const { places } = this.#policy;
    for (const place of places) {
      const planned =
        place === 'token' || place === 'tpm' ? this.#onOnlyToken(place) : this.#here(place);
      if (planned !== undefined) return planned;
    }
    const isAboutTokens = places.some((place) => place === 'token' || place === 'tpm');
    throw isAboutTokens ? this.#noToken() : refusal('no place for the key is here');
  }

  in(place: 'software' | 'os'): PlannedKey {
    const { places } = this.#policy;
    const planned = places.includes(place) ? this.#here(place) : undefined;
    if (planned === undefined) throw refusal('the key may not be there');
    return planned;
  }

  onToken(tokenId: string, existing: string | undefined): PlannedKey {
    const candidate = this.#candidates().find(({ token }) => token.tokenId === tokenId);
    if (candidate === undefined) {
      // Says which error it is.
      this.#places.referenceOf(tokenId);
      throw this.#noToken();
    }
    const fault = faultOf(candidate.compatibility);
    if (fault !== null) throw faulty(candidate, fault);
    return this.#planned(candidate, existing);
  }

  #here(place: 'software' | 'os'): PlannedKey | undefined {
    const { types, exportable } = this.#policy;
    const { osTypes } = this.#places;
    const type = types.find((each) => place === 'software' || osTypes.includes(each));
    if (type === undefined) return undefined;
    return { type, place, exportable: exportable && place === 'software' };
  }

  #onOnlyToken(kind: 'token' | 'tpm'): PlannedKey | undefined {
    const there = this.#candidates().filter(({ token }) => token.kind === kind);
    const judgedAs = (verdict: TokenCompatibility['verdict']) =>
      there.filter(({ compatibility }) => compatibility.verdict === verdict);
    const [first, ...others] = judgedAs('fits');
    if (first !== undefined && others.length > 0) throw faulty(first, 'ambiguous');
    const only = first ?? judgedAs('fits-with-existing-key')[0];
    return only && this.#planned(only, undefined);
  }

  #planned(candidate: Candidate, wanted: string | undefined): PlannedKey {
    const { token, compatibility } = candidate;
    const existing = existingKey(candidate, wanted);
    const type = existing?.type ?? compatibility.types[0];
    if (type === undefined) throw faulty(candidate, 'not-supported');
    const { hold } = this.#policy;
    return {
      ...{ type, place: token.kind, exportable: false },
      token: this.#places.referenceOf(token.tokenId),
      ...(existing && { existing: existing.keyId }),
      ...(hold && { hold: { seconds: hold.seconds, uses: hold.uses } }),
    };
  }

  #candidates(): readonly Candidate[] {
    return this.#places.modules.flatMap(({ name, readers }) =>
      readers.flatMap(({ token }) => {
        if (token === null) return [];
        const compatibility = compatibilityOf(token, this.#policy);
        return [{ token, moduleName: name, compatibility }];
      }),
    );
  }

  /** Tells of a token that is there and does not fit rather than of none; a slot that was never set up is none. */
  #noToken(): Error {
    const { places } = this.#policy;
    const [candidate] = this.#candidates().filter(
      ({ token }) => token.isInitialized && places.includes(token.kind),
    );
    const fault = candidate && faultOf(candidate.compatibility);
    if (candidate !== undefined && fault) return faulty(candidate, fault);
    return new TokenError({ reason: 'not-present', module: '' }, 'looking for a token');
  }
}

/** One that is there is used when the person named it, and never because it is the only one: somebody may need it. */
function existingKey({ token, compatibility, moduleName }: Candidate, wanted: string | undefined) {
  const { existingKeys, verdict } = compatibility;
  if (wanted === undefined) {
    if (verdict === 'fits') return undefined;
    throw faulty({ token, moduleName }, 'key-not-chosen');
  }
  const found = existingKeys.find(({ keyId }) => keyId === wanted);
  if (found !== undefined) return withType(found);
  const isThere = token.keys.some(({ keyId }) => keyId === wanted);
  throw faulty({ token, moduleName }, isThere ? 'refused' : 'key-not-found');
}

function withType({ keyId, type }: { readonly keyId: string; readonly type: KeyType | null }) {
  if (type === null) throw new TypeError('a key that fits has a type');
  return { keyId, type };
}

function faulty({ token, moduleName }: Omit<Candidate, 'compatibility'>, reason: TokenFault) {
  const facts = { reason, module: moduleName, token: token.label };
  return new TokenError(facts, 'choosing a token for a key');
}

const refusal = (why: string): EnrollmentError =>
  new EnrollmentError({ code: 'invalid-request' }, why);
