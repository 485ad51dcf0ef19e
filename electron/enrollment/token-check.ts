import type { ModuleView } from '../../shared/models/token.ts';
import { withOwners } from '../credentials/token-owners.ts';
import { compatibilityOf, faultOf } from '../keys/compatibility.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import { requireConsent } from './certificate-consent.ts';
import type { KeyPlaces } from './choose-key.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** What is plugged in now, with the owners of all keys. */
export function keyPlaces({ wallet, keys, tokens }: KeyPlaceRooms): KeyPlaces {
  return {
    osTypes: keys.osTypes,
    modules: ownedModules({ wallet, tokens }),
    referenceOf: (tokenId) => tokens.referenceOf(tokenId),
  };
}

type KeyPlaceRooms = Pick<Rooms, 'wallet' | 'tokens'> & {
  readonly keys: Pick<Rooms['keys'], 'osTypes'>;
};

const ownedModules = ({ wallet, tokens }: Pick<Rooms, 'wallet' | 'tokens'>) =>
  withOwners(tokens.modules, { wallet, tokenIdOf: (token) => tokens.tokenIdOf(token) });

/**
 * Holds the token against the plan before the CA is asked for anything. Throws `TokenError` for what would fail later;
 * a key that is made already is not asked about: its token is needed again only when it signs.
 */
export async function checkToken({ record }: Run, rooms: Rooms): Promise<void> {
  const { plan, keyId, state } = record;
  const { token, type, place, existing } = plan.key;
  if (token === undefined || state !== 'needs-key') return;
  await rooms.tokens.watch();
  const { label } = token;
  const there = seen(token, rooms) ?? (await seenAfterLooking(token, rooms));
  requireConsent(plan.key, there.token, there.moduleName);
  if (rooms.wallet.tokenKeys.find(keyId) !== undefined) return;
  const compatibility = compatibilityOf(there.token, { types: [type], places: [place] });
  const isThere = compatibility.existingKeys.some((key) => key.keyId === existing);
  const isMissing = existing !== undefined && !isThere;
  const reason = faultOf(compatibility) ?? (isMissing ? 'key-not-found' : null);
  if (reason === null) return;
  const facts = { reason, module: there.moduleName, token: label };
  throw new TokenError(facts, 'looking at a token');
}

type Seen = ReturnType<typeof tokenById>;

const seen = (token: TokenReference, rooms: Rooms): Seen =>
  tokenById(ownedModules(rooms), rooms.tokens.tokenIdOf(token));

/** Events take their time: one that was just put back may not have been seen yet. */
async function seenAfterLooking(token: TokenReference, rooms: Rooms): Promise<NonNullable<Seen>> {
  // Rejects with what it is where looking once more does not find it.
  const { moduleName: module } = await rooms.tokens.lockOf(token);
  const found = seen(token, rooms);
  if (found !== undefined) return found;
  const facts = { reason: 'removed', module, token: token.label } as const;
  throw new TokenError(facts, 'looking at a token');
}

function tokenById(modules: readonly ModuleView[], tokenId: string | null) {
  for (const { name, readers } of modules) {
    for (const { token } of readers) {
      if (token?.tokenId === tokenId) return { token, moduleName: name };
    }
  }
  return undefined;
}
