import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { KeyHome } from '../keys/key-ring.ts';
import { chooseKey, concernsTokens, homeOf } from './choose-key.ts';
import type { Rooms } from './rooms.ts';
import { keyPlaces } from './token-check.ts';

/** What CAs know (RFC 8555 §6.2 requires the first), the quickest first. */
const types: readonly KeyType[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'];
const places: readonly KeyPlace[] = ['software', 'token', 'tpm', 'os'];

export interface PlannedOwnKey {
  readonly type: KeyType;
  readonly place: KeyPlace;
  readonly home: KeyHome;
}

/** Of a key that signs for its person at the CA and is never certified: no offer says what it has to be. */
export async function planOwnKey(
  keyPlace: KeyPlaceChoice,
  rooms: Pick<Rooms, 'wallet' | 'keys' | 'tokens'>,
): Promise<PlannedOwnKey> {
  const policy = { types, places, exportable: false };
  if (concernsTokens(policy, { keyPlace }, rooms.keys.osTypes)) await rooms.tokens.watch();
  const planned = chooseKey(policy, { keyPlace }, keyPlaces(rooms));
  return { type: planned.type, place: planned.place, home: homeOf(planned) };
}
