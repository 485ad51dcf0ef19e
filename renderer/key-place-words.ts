import type { KeyPlace } from '../shared/models/enrollment-profile.ts';
import type { TokenIdentity } from '../shared/models/token.ts';
import { isolated } from './bidi.ts';
import type { Words } from './words.ts';

interface Placed {
  readonly place: KeyPlace;
  /** That has it. */
  readonly token?: Pick<TokenIdentity, 'label'> | undefined;
}

/** Where a key lives, as a person says it. */
export function keyPlaceWords({ place, token }: Placed, { say }: Words): string {
  const label = token?.label ?? '';
  return say(`credential.key.${place}`, { token: label, named: label === '' ? 'no' : 'yes' });
}

/** The same in a few words, where others stand beside it; `token` is a label, empty where there is none. */
export function shortPlace(place: KeyPlace, token: string, { say }: Words): string {
  return token === ''
    ? say(`keyPlace.${place}`)
    : say('keyPlace.token.named', { token: isolated(token) });
}
