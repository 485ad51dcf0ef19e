import type { KeyPlace } from '../shared/models/enrollment-profile.ts';
import type { Words } from './words.ts';

interface Placed {
  readonly place: KeyPlace;
  /** The label of the token that has it. */
  readonly token?: string | undefined;
}

/** Where a key lives, as a person says it. */
export function keyPlaceWords({ place, token = '' }: Placed, { say }: Words): string {
  return say(`credential.key.${place}`, { token, named: token === '' ? 'no' : 'yes' });
}
